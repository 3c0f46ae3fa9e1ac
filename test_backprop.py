"""What backprop.py claims, and the computation that settles each claim.

The order is the module's: the printed run, the opening, matrices and sigmoid,
the gradients, the steps, the start, the gradient check; then real use, what is
refused, and the documentation.
"""
import array
import ast
import cmath
import copy
import doctest
import glob
import itertools
import json
import math
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import threading
import timeit
import tracemalloc
from decimal import Decimal
from fractions import Fraction

import pytest

import backprop
from backprop import (
    PARAMETERS, NeuralNetwork, apply, descend, dot, gradient_check, multiply,
    objective, sigmoid, sigmoid_derivative, subtract, sum_rows, transpose)

try:
    import numpy
except ImportError:
    numpy = None

HERE = os.path.dirname(os.path.abspath(__file__))
NAN, INF = math.nan, math.inf
XOR = [[0, 0], [0, 1], [1, 0], [1, 1]]
TARGETS = [[0], [1], [1], [0]]
NOTEBOOK = """\
Epoch 0, Loss:0.2639659691915888
Epoch 4000, Loss:0.006595200421080553
Epoch 8000, Loss:0.0022121611755944754
Predictions after training:
[[0.02510323]
 [0.95959851]
 [0.95893597]
 [0.05081071]]
"""

def read(*path):
    with open(os.path.join(HERE, *path), encoding="utf-8") as file:
        return file.read()

def numbers(nested):
    """Return the numbers of nested lists, one after another."""
    if not isinstance(nested, (list, tuple)):
        return [nested]
    return [number for inner in nested for number in numbers(inner)]

def parameters(network):
    """Return copies of the four parameters, in the order of PARAMETERS."""
    return [copy.deepcopy(getattr(network, name)) for name in PARAMETERS]

def build(*matrices):
    """Return the network that has these parameters."""
    W1, b1, W2, b2 = matrices
    sizes = len(W1), len(W2), len(W2[0])
    return NeuralNetwork(*sizes, **dict(zip(PARAMETERS, matrices)))

def E(network, X, y):
    return objective(network.feedforward(X), y)

def quietly(network, X, y, epochs, learning_rate, **options):
    return network.train(X, y, epochs, learning_rate, verbose=False, **options)

def random_case(seed):
    """Return a network and data of random shape: 1 to 7 of everything."""
    source = random.Random(seed)
    shape = [source.randint(1, 7) for _ in range(4)]
    if seed < 4:  # so that each is 1 at least once
        shape[seed] = 1
    samples, inputs, hidden, outputs = shape
    network = NeuralNetwork(inputs, hidden, outputs, seed=seed)
    network.bias_hidden = [[source.uniform(-1, 1) for _ in range(hidden)]]
    network.bias_output = [[source.uniform(-1, 1) for _ in range(outputs)]]
    X = [[source.uniform(-2, 2) for _ in range(inputs)] for _ in range(samples)]
    y = [[source.random() for _ in range(outputs)] for _ in range(samples)]
    return network, X, y

def random_cases(number):
    return pytest.mark.parametrize("seed", range(number))

def variant(*changes):
    """Return the module's names, with changes (old, new) made in its text."""
    text = read("backprop.py")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    names = {"__name__": "variant"}
    exec(compile(text, "variant", "exec"), names)
    return names

# --- The printed run -------------------------------------------------------

def run(*command):
    """Return what a command prints, started in the folder of the module."""
    done = subprocess.run(command, cwd=HERE, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = done.stdout.decode().replace(os.linesep, "\n")
    assert done.returncode == 0, text
    return text

PROBE = "import math; print([math.exp(x) for x in (-7.3, -1.1, 0.37, 2.9, 11.7)])"
CORRECTLY_ROUNDED = ("[0.0006755387751938444, 0.33287108369807955, "
                     "1.4477346146633245, 18.17414536944306, 120571.71498645052]\n")

def check_the_run(python):
    """Run the module: the last digit is due where exp is rounded correctly."""
    text = run(python, "backprop.py")
    if run(python, "-c", PROBE) == CORRECTLY_ROUNDED:
        assert text == NOTEBOOK
    number = r"\d+\.\d+"
    assert re.sub(number, "", text) == re.sub(number, "", NOTEBOOK)
    assert list(map(float, re.findall(number, text))) == pytest.approx(
        list(map(float, re.findall(number, NOTEBOOK))), rel=1e-9)

def test_prints_what_the_notebook_printed():
    check_the_run(sys.executable)

def find(interpreter):
    """Return where an interpreter that starts is, on the PATH or under pyenv."""
    root = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    folders = sorted(glob.glob(os.path.join(root, "versions", "*", "bin")))
    for folder in folders + os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = shutil.which(interpreter, path=folder)
        if path and subprocess.run(  # a version manager's shim cannot start
                [path, "-c", "pass"], stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL).returncode not in (126, 127):
            return path
    return pytest.skip(interpreter + " is not here")

def test_an_interpreter_that_is_only_a_shim_is_not_here(tmp_path, monkeypatch):
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="python3.99 is not here"):
        find("python3.99")
    shim.write_text("#!/bin/sh\nexit 1\n")
    assert find("python3.99") == str(shim)

@pytest.mark.parametrize("interpreter", [
    "python3.6", "python3.7", "python3.8", "python3.9", "python3.10", "python3.11",
    "python3.12", "python3.13", "pypy3", "micropython"])
def test_prints_the_same_on_every_python(interpreter):
    check_the_run(find(interpreter))

def test_the_run_imports_nothing_but_math():
    assert run(sys.executable, "-c", """
import builtins
code, load = compile(open("backprop.py").read(), "", "exec"), builtins.__import__
def only_math(name, *rest):
    assert name == "math", name
    return load(name, *rest)
builtins.__import__ = only_math
exec(code, {"__name__": "__main__"})
""") == run(sys.executable, "backprop.py")

@pytest.mark.parametrize("name", ["backprop", "Renamed"])
def test_an_import_prints_nothing(name):
    script = "import runpy; runpy.run_path('backprop.py', run_name=%r)" % name
    assert run(sys.executable, "-c", script) == ""

def test_pasted_into_a_prompt_it_prints_the_run_and_nothing_else(capsys):
    tree, names = ast.parse(read("backprop.py")), {"__name__": "__main__"}
    last = ast.Interactive([tree.body.pop()])
    exec(compile(tree, "", "exec"), names)
    exec(compile(last, "", "single"), names)
    assert capsys.readouterr().out == run(sys.executable, "backprop.py")

# --- The opening -----------------------------------------------------------

def test_one_neuron_with_a_calculator():
    assert dot([[1, 0.5]], [[2], [-3]], [[0.5]]) == [[1.0]]
    assert 1 * 2 + 0.5 * (-3) + 0.5 == 1 and round(sigmoid(1.0), 3) == 0.731

def test_no_single_neuron_does_xor():
    grid = [n / 4 for n in range(-16, 17)]
    for v1, v2, b in itertools.product(grid, repeat=3):
        outputs = apply(sigmoid, dot(XOR, [[v1], [v2]], [[b]]))
        assert [a > 0.5 for a in numbers(outputs)] != [False, True, True, False]

def test_two_hidden_neurons_that_say_or_and_and_do_xor():
    network = build([[20, 20], [20, 20]], [[-10, -30]], [[20], [-20]], [[-10]])
    predictions = network.feedforward(XOR)
    assert [round(a) for a in numbers(predictions)] == numbers(TARGETS)
    assert [[round(a) for a in row] for row in network.hidden_output] == [
        [0, 0], [1, 0], [1, 0], [1, 1]]

def test_the_table_of_shapes():
    network = NeuralNetwork(2, 4, 1)
    network.feedforward(XOR)
    table = re.findall(r"^    (\w\d?)  +(\w+)  +(\w) x (\w)  ", backprop.__doc__, re.M)
    assert [row[0] for row in table] == "X W1 b1 Z1 A1 W2 b2 Z2 A2 y".split()
    sizes = {"1": 1, "N": 4, "D": 2, "H": 4, "K": 1}
    for _, name, rows, columns in table:
        matrix = {"X": XOR, "y": TARGETS}.get(name) or getattr(network, name)
        assert len(matrix) == sizes[rows]
        assert {len(row) for row in matrix} == {sizes[columns]}

@random_cases(8)
def test_E_is_half_the_sum_of_squares_and_the_loss_their_mean(seed):
    network, X, y = random_case(seed)
    (_, first), (_, last) = quietly(network, X, y, 1, 1e-300)
    squares = [(a - t) ** 2 for a, t in zip(
        numbers(network.feedforward(X)), numbers(y))]
    assert E(network, X, y) == pytest.approx(sum(squares) / 2)
    assert first == last == pytest.approx(sum(squares) / len(squares))
    assert objective([[1e200]], [[0.0]]) == math.inf  # where ** 2 would raise

@random_cases(12)
def test_a_small_step_lowers_E_by_the_rate_times_the_squared_slopes(seed):
    network, X, y = random_case(seed)
    before = E(network, X, y)
    squares = sum(slope * slope for slope in numbers(network.gradients(X, y)))
    network.backward(X, y, 1e-5)
    assert 0 < before - E(network, X, y) == pytest.approx(1e-5 * squares, rel=1e-3)

def test_twice_the_samples_at_half_the_rate_are_the_same_step():
    once, repeated = (NeuralNetwork(2, 4, 1, seed=6) for _ in range(2))
    quietly(once, XOR, TARGETS, 20, 0.9)
    quietly(repeated, XOR * 2, TARGETS * 2, 20, 0.9 / 2)
    assert numbers(parameters(once)) == pytest.approx(numbers(parameters(repeated)))

# --- Matrices and the sigmoid ----------------------------------------------

A, B = [[1.5, -2.0, 3.0], [0.5, 4.0, -1.0]], [[2.0, 5.0], [7.0, -3.0], [0.25, 1.0]]
C = [[9.0, 8.0, 7.0], [6.0, 5.0, 4.0]]

def test_the_matrix_operations_are_their_definitions_and_change_nothing():
    before = copy.deepcopy((A, B, C))
    assert transpose(A) == [(1.5, 0.5), (-2.0, 4.0), (3.0, -1.0)]
    product = [[sum(A[i][k] * B[k][j] for k in range(3))
                for j in range(2)] for i in range(2)]
    assert dot(A, B) == product
    assert dot(A, B, [[10.0, 200.0]]) == [[a + 10.0, b + 200.0] for a, b in product]
    assert subtract(A, C) == [[-7.5, -10.0, -4.0], [-5.5, -1.0, -5.0]]
    assert multiply(A, abs, C) == [[13.5, -16.0, 21.0], [3.0, 20.0, -4.0]]
    assert multiply(C, abs, A) == [[13.5, 16.0, 21.0], [3.0, 20.0, 4.0]]
    assert apply(abs, A) == [[1.5, 2.0, 3.0], [0.5, 4.0, 1.0]]
    assert sum_rows(A) == [[2.0, 2.0, 2.0]] and sum_rows(B) == [[9.25, 3.0]]
    assert (A, B, C) == before

def test_descend_changes_its_first_matrix_in_place():
    w = copy.deepcopy(A)
    assert descend(w, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], 0.5) is None
    assert w == [[1.0, -3.0, 1.5], [-1.5, 1.5, -4.0]]

@pytest.mark.skipif(numpy is None, reason="numpy is not here")
def test_the_numpy_named_beside_each_operation_is_its_counterpart():
    a, b, c, row = map(numpy.array, (A, B, C, [[1.0, 2.0]]))
    assert dot(A, B) == numpy.dot(a, b).tolist()
    assert dot(A, B, [[1.0, 2.0]]) == (numpy.dot(a, b) + row).tolist()
    assert subtract(A, C) == (a - c).tolist()
    assert multiply(A, abs, C) == (a * abs(c)).tolist()
    assert sum_rows(A) == a.sum(axis=0, keepdims=True).tolist()

def test_a_sum_begins_with_the_first_input_and_ends_with_the_bias():
    x, w, b = [0.1, 0.2, 0.3], [[0.7], [0.11], [0.13]], 0.17
    terms = [x[i] * w[i][0] for i in range(3)]
    z = ((terms[0] + terms[1]) + terms[2]) + b
    assert z != ((b + terms[0]) + terms[1]) + terms[2]
    assert dot([x], w, [[b]]) == [[z]]

def test_the_builtin_sum_rounds_in_another_way_since_python_3_12():
    assert sum_rows([[0.1]] * 10) == [[0.9999999999999999]]
    compensated = sys.implementation.name == "cpython" and sys.version_info >= (3, 12)
    assert (sum([0.1] * 10) == 1.0) is compensated

@pytest.mark.parametrize("z", [-40.0, -39.875, -37.1, -2.7, -1e-9, 0.0, 39.0, 708.6])
def test_sigmoid_is_the_plain_formula_down_to_minus_40(z):
    assert sigmoid(z) == 1 / (1 + math.exp(-z))

@pytest.mark.parametrize("z", [-40.1, -88.7, -709.0, -745.0, -1e6, -math.inf])
def test_sigmoid_is_e_to_the_z_below(z):
    assert sigmoid(z) == math.exp(z)
    assert 1 + math.exp(40.1) == math.exp(40.1) < 3.4e38  # the 1 vanishes in doubles
    assert sigmoid(math.inf) == 1.0  # and 3.4e38 is the largest float of 32 bits

class SinglePrecision:
    """Stand in for math on a board, whose exp raises above 88.72."""

    def __getattr__(self, name):
        return getattr(math, name)

    @staticmethod
    def exp(x):
        if x > 88.72:
            raise ValueError("math domain error")
        return math.exp(x)

def test_no_z_raises_in_single_precision(monkeypatch):
    monkeypatch.setattr(backprop, "math", SinglePrecision())
    for z in range(-1000, 1001):
        exact = float(1 / (1 + Decimal(-z).exp()))
        assert sigmoid(float(z)) == pytest.approx(exact, rel=1e-12, abs=5e-324)
    assert build([[1.0]], [[0.0]], [[1.0]], [[0.0]]).feedforward([[-89]]) == [[0.5]]
    assert gradient_check(*random_case(6)) < 1e-6

@pytest.mark.parametrize("z", [-30.0, -3.0, -0.5, 0.0, 0.5, 3.0])
def test_sigmoid_derivative_is_the_slope_given_the_output(z):
    exact = (1 / (1 + cmath.exp(-z - 1e-200j))).imag / 1e-200
    assert sigmoid_derivative(sigmoid(z)) == pytest.approx(exact, rel=1e-12)
    u = math.exp(-z)  # as in the derivation
    assert -1 / (1 + u) ** 2 * -u == pytest.approx(exact, rel=1e-12)
    assert 1 - 1 / (1 + u) == pytest.approx(u / (1 + u))

def test_sigmoid_derivative_is_largest_at_one_half_and_0_when_saturated():
    slopes = [sigmoid_derivative(n / 1000) for n in range(1001)]
    assert max(slopes) == slopes[500] == 0.25
    assert slopes[0] == slopes[1000] == 0.0
    at_half, saturated = [build([[w]], [[0]], [[1]], [[0]]).gradients(
        [[1]], [[1]])[0][0][0] for w in (0.0, 20.0)]
    assert 0 < saturated / at_half < 1e-6  # its weights hardly change

# --- The gradients ---------------------------------------------------------

def quantities(network, X, y):
    """Return the local variables of network.gradients, as it returns."""
    found = {}

    def keep(frame, event, value):
        if event == "return" and frame.f_code is NeuralNetwork.gradients.__code__:
            found.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(keep)
    try:
        network.gradients(X, y)
    finally:
        sys.setprofile(before)
    return found

@random_cases(10)
def test_each_formula_in_loops_gives_the_line_beside_it(seed):
    network, X, y = random_case(seed)
    W1, b1, W2, b2 = parameters(network)
    q = quantities(network, X, y)
    output_error, output_delta, hidden_error, hidden_delta = (q[name] for name in (
        "output_error", "output_delta", "hidden_error", "hidden_delta"))
    N, D, H, K = map(range, (len(X), len(W1), len(W2), len(W2[0])))
    A1, A2 = network.hidden_output, network.predicted_output
    formulas = {
        "output_error": [[A2[n][k] - y[n][k] for k in K] for n in N],
        "output_delta": [[output_error[n][k] * A2[n][k] * (1 - A2[n][k])
                          for k in K] for n in N],
        "hidden_error": [[sum(output_delta[n][k] * W2[j][k] for k in K)
                          for j in H] for n in N],
        "hidden_delta": [[hidden_error[n][j] * A1[n][j] * (1 - A1[n][j])
                          for j in H] for n in N],
        "dE_dW2": [[sum(A1[n][j] * output_delta[n][k] for n in N)
                    for k in K] for j in H],
        "dE_db2": [[sum(output_delta[n][k] for n in N) for k in K]],
        "dE_dW1": [[sum(X[n][i] * hidden_delta[n][j] for n in N)
                    for j in H] for i in D],
        "dE_db1": [[sum(hidden_delta[n][j] for n in N) for j in H]]}
    q["Z1"], q["Z2"] = network.hidden_activation, network.output_activation
    formulas["Z1"] = [[sum(X[n][i] * W1[i][j] for i in D) + b1[0][j]
                       for j in H] for n in N]
    formulas["Z2"] = [[sum(A1[n][j] * W2[j][k] for j in H) + b2[0][k]
                       for k in K] for n in N]
    for name, matrix in formulas.items():
        assert [len(row) for row in q[name]] == [len(row) for row in matrix], name
        assert numbers(q[name]) == pytest.approx(
            numbers(matrix), rel=1e-12, abs=1e-14), name
    assert apply(sigmoid, q["Z1"]) == A1 and apply(sigmoid, q["Z2"]) == A2

def test_the_chain_rule_for_one_neuron_in_each_layer():
    network, X, y = build([[0.3]], [[-0.2]], [[0.7]], [[0.1]]), [[1.5]], [[0.25]]
    (A2,), (A1,), (W2,) = (network.feedforward(X)[0], network.hidden_output[0],
                           network.weights_hidden_output[0])
    dW1, db1, dW2, db2 = numbers(network.gradients(X, y))
    assert dW2 == pytest.approx((A2 - 0.25) * A2 * (1 - A2) * A1)
    assert dW1 == pytest.approx((A2 - 0.25) * A2 * (1 - A2) * W2 * A1 * (1 - A1) * 1.5)

def complex_E(matrices, X, y):
    """Return E by its definition, for complex parameters."""
    def layer(rows, weights, bias):
        return [[1 / (1 + cmath.exp(-b - sum(a * w for a, w in zip(row, column))))
                 for column, b in zip(zip(*weights), bias[0])] for row in rows]

    W1, b1, W2, b2 = matrices
    predictions = numbers(layer(layer(X, W1, b1), W2, b2))
    return sum((a - target) ** 2 for a, target in zip(predictions, numbers(y))) / 2

@pytest.mark.parametrize("epochs", [0, 30])
@random_cases(24)
def test_every_slope_by_complex_steps_which_lose_no_digit(seed, epochs):
    network, X, y = random_case(seed)
    quietly(network, X, y, epochs, 0.5)
    exact = []
    for n, matrix in enumerate(parameters(network)):
        for i, j in itertools.product(range(len(matrix)), range(len(matrix[0]))):
            matrices = parameters(network)
            matrices[n][i][j] += 1e-200j
            exact.append(complex_E(matrices, X, y).imag / 1e-200)
    gradients = network.gradients(X, y)
    assert numbers(gradients) == pytest.approx(exact, rel=1e-13, abs=1e-15)
    for gradient, parameter in zip(gradients, parameters(network)):
        assert [len(row) for row in gradient] == [len(row) for row in parameter]

def rounds_to(values, published):
    """Tell whether values, rounded to as many places, are the published ones."""
    published = published.split()
    return len(published) == len(values) and all(
        round(value, len(text.split(".")[1])) == float(text)
        for value, text in zip(values, published))

LATE_W2 = [("import math\n", "import math\nLATE = 0.5\n"), (
    "dot(output_delta, transpose(self.weights_hidden_output))",
    "dot(output_delta, transpose(subtract(self.weights_hidden_output, apply("
    "lambda w: LATE * w, dot(transpose(hidden_output), output_delta)))))")]

def test_mazur_one_step_of_two_layers_and_the_slip_of_its_last_figure():
    """Mazur, A Step by Step Backpropagation Example, 2015; biases held fixed."""
    X, y, b1, b2 = [[0.05, 0.1]], [[0.01, 0.99]], [[0.35, 0.35]], [[0.6, 0.6]]
    network = build([[0.15, 0.25], [0.2, 0.3]], b1, [[0.4, 0.5], [0.45, 0.55]], b2)
    A2 = network.feedforward(X)
    assert rounds_to(numbers([network.hidden_output, A2]),
                     "0.593269992 0.596884378 0.75136507 0.772928465")
    parts = [objective([[a]], [[target]]) for a, target in zip(A2[0], y[0])]
    assert rounds_to(parts + [objective(A2, y)], "0.274811083 0.023560026 0.298371109")
    q = quantities(network, X, y)
    assert rounds_to([q[name][0][0] for name in (
        "dE_dW2", "dE_dW1", "dE_db2", "hidden_error")],
        "0.082167041 0.000438568 0.138498562 0.036350306")
    slip = variant(*LATE_W2)["NeuralNetwork"](2, 2, 2, **network.parameters())
    for one in network, slip:
        one.backward(X, y, 0.5)
        one.bias_hidden, one.bias_output = b1, b2
    W1, _, W2, _ = parameters(network)
    assert rounds_to(numbers([W1, W2]),
                     "0.149780716 0.24975114 0.19956143 0.29950229 "
                     "0.35891648 0.51130127 0.408666186 0.561370121")
    # Published as E after the step is 0.291027924; right is 0.291027774. The
    # other figure comes of a hidden_error that has gone through the updated W2.
    assert rounds_to([E(network, X, y), E(slip, X, y)], "0.291027774 0.291027924")

def test_han_and_kamber_one_step_with_biases():
    """Han and Kamber, Data Mining: Concepts and Techniques, example 9.1."""
    network = build([[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]], [[-0.4, 0.2]],
                    [[-0.3], [-0.2]], [[0.1]])
    X, y = [[1, 0, 1]], [[1]]
    A2 = network.feedforward(X)
    assert rounds_to(numbers([network.hidden_output, A2]), "0.332 0.525 0.474")
    _, db1, _, db2 = network.gradients(X, y)
    network.backward(X, y, 0.9)
    # The book computes with its rounded figures: the last digit can be one off.
    # Its errors are y - a times the slope, the negatives of our deltas.
    assert numbers([db2, db1]) == pytest.approx([-0.1311, 0.0087, 0.0065], abs=1e-4)
    assert numbers(parameters(network)) == pytest.approx(
        [0.192, -0.306, 0.4, 0.1, -0.508, 0.194, -0.408, 0.194, -0.261, -0.138, 0.218],
        abs=1e-3)

def test_cs231n_slopes_of_one_neuron():
    """CS231n course notes, Backpropagation, Intuitions: the sigmoid neuron."""
    q = quantities(build([[2], [-3]], [[-3]], [[0.5]], [[0]]), [[-1, -2]], [[0.25]])
    arriving = q["hidden_error"][0][0]  # where CS231n lets 1 arrive
    slope = q["dE_db1"][0][0] / arriving
    assert rounds_to([q["hidden_output"][0][0], slope], "0.73 0.2")
    assert rounds_to([s / arriving for s in numbers([q["dE_dW1"], q["dE_db1"]])],
                     "-0.20 -0.39 0.20")
    assert rounds_to([slope * w for w in (2, -3)], "0.39 -0.59")

def test_zhou_one_slope_without_the_half():
    """Zhou, Machine Learning for Beginners: L = (y - a)^2, with no 1/2."""
    network = build([[1, 1], [1, 1]], [[0, 0]], [[1], [1]], [[0]])
    X, y = [[-2, -1]], [[1]]
    A2 = network.feedforward(X)
    assert rounds_to(numbers([network.hidden_output, A2]), "0.0474 0.0474 0.524")
    slope = 2 * network.gradients(X, y)[0][0][0]
    # Published is the product of three rounded factors; unrounded it is 0.0215.
    assert rounds_to([-0.952 * 0.249 * -0.0904, slope], "0.0214 0.0215")
    network = build([[0, 0], [1, 1]], [[0, 0]], [[0], [1]], [[0]])
    assert rounds_to(network.feedforward([[2, 3]])[0], "0.7216")

def test_grus_xor_without_training():
    """Grus, Data Science from Scratch: an XOR network made by hand."""
    network = build([[20, 20], [20, 20]], [[-30, -10]], [[-60], [60]], [[-30]])
    for a, target in zip(numbers(network.feedforward(XOR)), numbers(TARGETS)):
        assert abs(a - target) < 0.001

@random_cases(6)
def test_the_notebook_adds_y_minus_A2_and_takes_the_same_step(seed):
    network, X, y = random_case(seed)
    network.feedforward(X)
    W1, b1, W2, b2 = parameters(network)
    A1, A2 = network.hidden_output, network.predicted_output
    output_delta = multiply(subtract(y, A2), sigmoid_derivative, A2)
    hidden_delta = multiply(dot(output_delta, transpose(W2)), sigmoid_derivative, A1)
    for matrix, slopes in ((W1, dot(transpose(X), hidden_delta)),
                           (b1, sum_rows(hidden_delta)),
                           (W2, dot(transpose(A1), output_delta)),
                           (b2, sum_rows(output_delta))):
        descend(matrix, slopes, -0.1)
    network.backward(X, y, 0.1)
    assert parameters(network) == [W1, b1, W2, b2]

@random_cases(6)
def test_permuted_hidden_neurons_give_permuted_results(seed):
    network, X, y = random_case(seed)
    order = list(range(network.hidden_size))
    random.Random(seed).shuffle(order)

    def permuted(W1, b1, W2, b2):
        *W1, b1 = [[row[j] for j in order] for row in W1 + b1]
        return W1, [b1], [W2[j] for j in order], b2

    other = build(*permuted(*parameters(network)))
    for trained in network, other:
        quietly(trained, X, y, 20, 0.5)
    assert numbers(parameters(other)) == pytest.approx(
        numbers(permuted(*parameters(network))), rel=1e-12)

@random_cases(6)
def test_the_gradients_of_two_half_batches_add_up(seed):
    network, X, y = random_case(seed + 10)
    X, y = X + X[::-1], y + [[1 - target for target in row] for row in y]
    half = len(X) // 2
    halves = zip(numbers(network.gradients(X[:half], y[:half])),
                 numbers(network.gradients(X[half:], y[half:])))
    assert numbers(network.gradients(X, y)) == pytest.approx(
        [first + second for first, second in halves], rel=1e-12, abs=1e-15)

def test_a_bias_is_the_weight_of_an_input_that_is_always_1():
    network, X, y = random_case(9)
    W1, b1, W2, b2 = parameters(network)
    with_ones = build(W1 + b1, [[0.0] * len(W2)], W2, b2)
    gradients = with_ones.gradients([row + [1.0] for row in X], y)
    assert gradients[0][-1] == network.gradients(X, y)[1][0]

# --- The step by hand, and what it betrays ---------------------------------

def failures_of_the_step_by_hand(names):
    """Return how many of its examples fail when these names compute them."""
    text = NeuralNetwork.backward.__doc__
    example = doctest.DocTestParser().get_doctest(text, names, "by hand", None, 0)
    assert len(example.examples) == 8
    runner = doctest.DocTestRunner(verbose=False)
    return runner.run(example, out=lambda text: None).failed

def test_the_quantities_written_beside_the_step_by_hand():
    assert failures_of_the_step_by_hand(dict(vars(backprop))) == 0
    network = build([[1, -1], [2, -2]], [[-5, 5]], [[4, 1], [-2, 3]], [[-1, -2]])
    q = quantities(network, [[1, 2], [3, 1]], [[0, 0], [1 / 4, 0]])
    written = dict(re.findall(r"^ +(\w+) = \S.*?(\[\[.*\]\])$",
                              NeuralNetwork.backward.__doc__, re.M))
    assert list(written) == [
        "output_error", "output_delta", "hidden_error", "hidden_delta"]
    for name, matrix in written.items():
        assert q[name] == eval(matrix), name
    assert set(numbers([network.hidden_activation, network.output_activation])) == {0.0}
    assert (1 / 4 + 1 / 4 + 1 / 16 + 1 / 4) / 2 == 0.40625

@pytest.mark.parametrize("slip", [
    [("transpose(self.weights_hidden_output)", "self.weights_hidden_output")],
    [("transpose(hidden_output), output_delta", "hidden_output, output_delta")],
    [("transpose(X), hidden_delta", "X, hidden_delta")],
    [("transpose(X), hidden_delta", "transpose(X[-1:]), hidden_delta[-1:]")],
    [("transpose(hidden_output), output", "transpose(hidden_output[:1]), output")],
    [("dE_db2 = sum_rows(output_delta)", "dE_db2 = output_delta[-1:]")],
    [("dE_db1 = sum_rows(hidden_delta)", "dE_db1 = hidden_delta[:1]")],
    LATE_W2,
    [("return total / 2", "return total")],
    [("output_error = subtract(predicted_output, y)",
      "output_error = subtract(y, predicted_output)")],
    [("output_error = subtract(predicted_output, y)",
      "output_error = apply(lambda e: 2 * e, subtract(predicted_output, y))")],
    [("-= learning_rate * row_slopes", "-= row_slopes")],
    [("sigmoid_derivative, hidden_output)",
      "sigmoid_derivative, transpose(hidden_output))")],
    [("return a * (1.0 - a)", "return a * a")],
], ids=["W2 not transposed", "A1 not transposed", "X not transposed",
        "only the last sample in dW1", "only the first sample in dW2",
        "only the last sample in db2", "only the first sample in db1",
        "the updated W2", "E without 1/2", "a wrong sign", "a factor 2",
        "no learning rate", "f'(Z1) of swapped indices", "a wrong f'"])
def test_the_step_by_hand_betrays(slip):
    assert failures_of_the_step_by_hand(variant(*slip)) > 0

# --- Steps and training ----------------------------------------------------

def test_no_step_is_taken_from_a_stale_pass():
    fresh, other, stepped = (build([[1]], [[0]], [[1]], [[0]]) for _ in range(3))
    fresh.backward([[1]], [[1]], 1.0)
    assert round(fresh.weights_input_hidden[0][0] - 1, 4) == 0.0140
    other.feedforward([[1]])
    other.feedforward([[-1]])  # the last pass saw another row
    for network in other, stepped:
        network.backward([[1]], [[1]], 1.0)
        assert parameters(network) == parameters(fresh)
    stepped.feedforward([[1]])
    for network in other, stepped:  # the last pass of other had other weights
        network.backward([[1]], [[1]], 1.0)
    assert parameters(other) == parameters(stepped)

@pytest.mark.parametrize("change", [
    lambda network: network.weights_input_hidden[1].__setitem__(2, 0.75),
    lambda network: network.bias_hidden[0].__setitem__(0, -0.5),
    lambda network: network.weights_hidden_output.__setitem__(0, [3.0]),
    lambda network: network.weights_hidden_output.__setitem__(0, (3.0,)),
    lambda network: setattr(network, "bias_output", [[2.0]]),
    lambda network: network.backward(XOR, TARGETS, 0.5),
    lambda network: network.feedforward(XOR[::-1]),
], ids=["entry", "bias", "row", "tuple", "assignment", "step", "pass"])
def test_gradients_are_those_of_the_present_weights_and_rows(change):
    network = NeuralNetwork(2, 4, 1, seed=1)
    network.feedforward(XOR)
    for _ in range(2):
        change(network)
        twin = NeuralNetwork(2, 4, 1, **network.parameters())
        assert network.gradients(XOR, TARGETS) == twin.gradients(XOR, TARGETS)
        for one in network, twin:
            one.backward(XOR, TARGETS, 0.5)
        assert parameters(network) == parameters(twin)

class Counting(NeuralNetwork):
    """Count the calls, and let the learning rate decay."""

    forward = back = 0

    def feedforward(self, X):
        self.forward += 1
        return super().feedforward(X)

    def backward(self, X, y, learning_rate):
        self.back += 1
        super().backward(X, y, learning_rate / self.back)

def test_train_and_the_notebooks_loop_go_through_both_methods_once_a_step():
    trained, looped, stepped = (
        kind(2, 4, 1, seed=1) for kind in (Counting, Counting, NeuralNetwork))
    quietly(trained, XOR, TARGETS, 5, 0.1)
    for step in range(1, 6):
        looped.feedforward(XOR)
        looped.backward(XOR, TARGETS, 0.1)
        stepped.backward(XOR, TARGETS, 0.1 / step)
    assert (looped.forward, looped.back) == (5, 5)
    assert (trained.forward, trained.back) == (6, 5)  # one more, for the last loss
    assert parameters(trained) == parameters(looped) == parameters(stepped)

def test_a_feedforward_written_anew_serves_gradients():
    class Notebook(NeuralNetwork):
        def feedforward(self, X):
            self.hidden_output = apply(sigmoid, dot(
                X, self.weights_input_hidden, self.bias_hidden))
            self.predicted_output = apply(sigmoid, dot(
                self.hidden_output, self.weights_hidden_output, self.bias_output))
            return self.predicted_output

    losses = [quietly(kind(2, 4, 1, seed=1), XOR, TARGETS, 20, 1.0)
              for kind in (Notebook, NeuralNetwork)]
    assert losses[0] == losses[1]

def test_what_train_has_checked_is_not_checked_again(monkeypatch):
    network, check, names = NeuralNetwork(2, 4, 1, seed=1), backprop._rows, []

    def noting(name, value, *rest):
        rows = check(name, value, *rest)
        names.extend([name] * (rows is not value))
        return rows

    network.feedforward(XOR)
    monkeypatch.setattr(backprop, "_rows", noting)
    quietly(network, XOR, TARGETS, 3, 0.1)
    assert names == ["X", "y"]

def test_training_in_two_calls_is_training_at_once():
    once, twice = (NeuralNetwork(2, 4, 1, seed=6) for _ in range(2))
    quietly(once, XOR, TARGETS, 50, 0.7)
    quietly(twice, XOR, TARGETS, 20, 0.7)
    quietly(twice, XOR, TARGETS, 30, 0.7)
    assert vars(once) == vars(twice)

@pytest.mark.parametrize("epochs, options, reported", [
    (0, {"report_every": 1}, [0]), (1, {"report_every": 1}, [0, 1]),
    (5, {"report_every": 2}, [0, 2, 4, 5]), (4, {"report_every": 2}, [0, 2, 4]),
    (4001, {}, [0, 4000, 4001])])
def test_train_reports_the_loss_before_steps_and_after_the_last(
        epochs, options, reported, capsys):
    network, X, y = random_case(1)
    loud, quiet = copy.deepcopy(network), copy.deepcopy(network)
    losses = loud.train(X, y, epochs, 0.1, **options)
    assert capsys.readouterr().out == "".join(
        "Epoch {}, Loss:{!r}\n".format(*pair) for pair in losses[:-1])
    assert quietly(quiet, X, y, epochs, 0.1, **options) == losses
    assert capsys.readouterr().out == "" and vars(loud) == vars(quiet)
    assert [epoch for epoch, loss in losses] == reported
    for epoch, loss in losses:
        fresh = copy.deepcopy(network)
        quietly(fresh, X, y, epoch, 0.1)
        assert loss == 2 * E(fresh, X, y) / (len(y) * len(y[0]))

def test_an_interrupted_training_keeps_its_steps_the_last_perhaps_in_part(monkeypatch):
    network, short = (NeuralNetwork(2, 4, 1, seed=1) for _ in range(2))
    quietly(short, XOR, TARGETS, 7, 0.5)
    calls = []

    def stop(*arguments):
        calls.append(descend(*arguments))
        if len(calls) == 4 * 7 + 1:  # the first parameter in the eighth step
            raise KeyboardInterrupt

    monkeypatch.setattr(backprop, "descend", stop)
    with pytest.raises(KeyboardInterrupt):
        quietly(network, XOR, TARGETS, 100, 0.5)
    same = [a == b for a, b in zip(parameters(network), parameters(short))]
    assert same == [True, True, False, True]
    twin = NeuralNetwork(2, 4, 1, **network.parameters())
    assert network.gradients(XOR, TARGETS) == twin.gradients(XOR, TARGETS)

# --- The start -------------------------------------------------------------

@pytest.mark.parametrize("v1, v2, v3", [(0.5, -0.3, 0.7), (0.0, 0.0, 0.0)])
def test_equal_neurons_stay_equal_and_do_not_learn_xor(v1, v2, v3):
    network = NeuralNetwork(2, 4, 1, weights_input_hidden=[[v1] * 4, [v2] * 4],
                            weights_hidden_output=[[v3]] * 4)
    quietly(network, XOR, TARGETS, 200, 1.0)
    W1, b1, W2, b2 = parameters(network)
    assert all(len(set(row)) == 1 for row in W1 + b1 + [numbers(W2)])
    assert E(network, XOR, TARGETS) > 0.4

@pytest.mark.parametrize("inputs, least", [(30, 0.25), (64, 0.4)])
def test_many_inputs_saturate_unless_the_start_is_divided_by_their_root(inputs, least):
    source = random.Random(5)
    X = [[source.random() for _ in range(inputs)] for _ in range(50)]
    network, shares = NeuralNetwork(inputs, 50, 1, seed=1), []
    for factor in 1.0, inputs ** -0.5:
        network.weights_input_hidden = [
            [factor * w for w in row] for row in network.weights_input_hidden]
        network.feedforward(X)
        outputs = numbers(network.hidden_output)
        shares.append(sum(not 0.05 < a < 0.95 for a in outputs) / len(outputs))
    assert shares[0] > least and shares[1] < 0.02

def test_the_seed_decides_the_start_as_it_always_did():
    def start(**seed):
        return parameters(NeuralNetwork(3, 4, 2, **seed))

    assert len({repr(start(seed=seed)) for seed in range(50)}) == 50
    assert start() != start() != start(seed=0) != start(seed=None)
    source = random.Random(8)
    draws = [math.sqrt(-2 * math.log(1 - source.random()))
             * math.cos(2 * math.pi * source.random()) for _ in range(20)]
    random.seed(8)
    before = random.getstate()
    W1, b1, W2, b2 = start(seed=8)
    assert random.getstate() == before and [W1, b1, W2, b2] == start() == start(seed=8)
    assert numbers([W1, W2]) == draws and set(numbers([b1, b2])) == {0.0}

def test_given_parameters_take_the_place_of_draws():
    W1, W2 = [[1, 2, 3], (4, 5, 6)], [[7], [8], [9]]
    drawn = NeuralNetwork(2, 3, 1, seed=4)
    first = NeuralNetwork(2, 3, 1, seed=4, weights_input_hidden=W1)
    second = NeuralNetwork(2, 3, 1, seed=4, weights_hidden_output=W2,
                           bias_hidden=[[1, 2, 3]], bias_output=[[4]])
    assert first.weights_input_hidden == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert first.weights_hidden_output != drawn.weights_hidden_output
    assert parameters(second)[1:] == [[[1, 2, 3]], W2, [[4]]]
    assert second.weights_input_hidden == drawn.weights_input_hidden

def test_the_draws_are_standard_normal():
    draws = numbers(NeuralNetwork(200, 200, 1, seed=12).weights_input_hidden)
    for power, moment, bound in (1, 0, 0.02), (2, 1, 0.03), (4, 3, 0.2):
        mean = sum(draw ** power for draw in draws) / len(draws)
        assert mean == pytest.approx(moment, abs=bound)
    assert abs(sum(a * b for a, b in zip(draws, draws[1:]))) < 0.02 * len(draws)
    for bound in 0.5, 1.0, 2.0:
        share = sum(abs(draw) < bound for draw in draws) / len(draws)
        assert share == pytest.approx(math.erf(bound / math.sqrt(2)), abs=0.01)

# --- The gradient check ----------------------------------------------------

def slipping(place, factor):
    """Return a kind of network that multiplies one of its gradients."""
    class Slipping(NeuralNetwork):
        def gradients(self, X, y):
            found = list(super().gradients(X, y))
            found[place] = apply(lambda slope: factor * slope, found[place])
            return tuple(found)
    return Slipping

@pytest.mark.parametrize("scale", [1e-4, 1e-2, 1.0, 1e3])
def test_gradient_check_tells_right_from_wrong_at_any_scale(scale):
    source = random.Random(3)
    X = [[scale * source.uniform(-1, 1) for _ in range(3)] for _ in range(112)]
    y = [[source.random() for _ in range(2)] for _ in X]

    def check(kind):
        network = kind(3, 4, 2, seed=2)
        network.weights_input_hidden = [
            [w / scale for w in row] for row in network.weights_input_hidden]
        return gradient_check(network, X, y)

    assert check(NeuralNetwork) < 1e-7
    for place in range(4):
        assert check(slipping(place, 2)) == pytest.approx(1 / 3, abs=1e-4)
        assert check(slipping(place, -1)) == pytest.approx(1)

def test_gradient_check_leaves_the_network_as_it_was():
    network, X, y = random_case(7)
    for _ in range(2):
        before = copy.deepcopy(vars(network))
        assert gradient_check(network, iter(X), iter(y)) < 2e-10
        assert vars(network) == before
        network.feedforward(X[:1])

    class Failing(NeuralNetwork):
        def feedforward(self, X):
            if self.weights_hidden_output[1][0] != before:
                raise KeyboardInterrupt
            return super().feedforward(X)

    network = Failing(2, 4, 1, seed=1)
    before = network.weights_hidden_output[1][0]
    with pytest.raises(KeyboardInterrupt):
        gradient_check(network, XOR, TARGETS)
    assert network.parameters() == NeuralNetwork(2, 4, 1, seed=1).parameters()

def test_gradient_check_calls_the_methods_of_the_network_it_is_given():
    network, passes, calls = NeuralNetwork(3, 4, 2, seed=1), [], []
    zeros = [[[0.0] * len(row) for row in matrix] for matrix in parameters(network)]

    class Noting(NeuralNetwork):
        def feedforward(self, X):
            passes.append(X)
            return super().feedforward(X)

    assert gradient_check(Noting(3, 4, 2, seed=1), [[1, 2, 3]], [[0, 1]]) < 1e-8
    assert len(passes) == 1 + 2 * 26  # two for each parameter
    unused = build([[0.0], [2.0]], [[0.0]], [[0.0]], [[0.5]])  # W1 has no effect
    for X in XOR, [[0, 0]] * 4, [[-3, -2]] * 4:
        assert gradient_check(unused, X, TARGETS) < 1e-8
    with pytest.raises(ValueError, match="gradients.0..0. must be finite, got nan"):
        gradient_check(slipping(0, NAN)(2, 4, 1, seed=1), XOR, TARGETS)
    network.gradients = lambda X, y: calls.append(X) or zeros
    assert gradient_check(network, [[1, 2, 3]], [[0, 1]]) == 1.0 and len(calls) == 1

# --- Real use --------------------------------------------------------------

def test_code_written_for_the_notebook_runs():
    nn = NeuralNetwork(input_size=2, hidden_size=4, output_size=1)
    assert (nn.input_size, nn.hidden_size, nn.output_size) == (2, 4, 1)
    nn.train(XOR, TARGETS, epochs=3, learning_rate=0.1)
    output = nn.feedforward(XOR)
    assert output == nn.predicted_output and repr(nn) == "NeuralNetwork(2, 4, 1)"
    nn.backward(XOR, TARGETS, learning_rate=0.1)
    assert {type(a) for a in numbers([output, parameters(nn)])} == {float}

class Items:
    """Rows in something that is no list: it can only be indexed."""

    def __init__(self, rows):
        self.rows = [Items(row) if isinstance(row, list) else row for row in rows]

    def __getitem__(self, index):
        return self.rows[index]

class Array:
    """Rows in an array, which gives them away by tolist alone."""

    def __init__(self, rows):
        self.tolist = lambda: rows

class DataFrame(list):
    """Rows in a data frame: its len is theirs, but iterating gives its labels."""

    def __iter__(self):
        return iter("ab")

    def __array__(self):
        return Array([self[n] for n in range(len(self))])

KINDS = [tuple, Items, Array, DataFrame, iter, lambda rows: list(map(tuple, rows)),
         lambda rows: list(map(Array, rows)),
         lambda rows: [array.array("d", row) for row in rows]]
KINDS += [numpy.array, lambda rows: list(numpy.array(rows)),
          lambda rows: numpy.array(rows, dtype=object)] if numpy else []

@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("X", [
    XOR, [[0.1, -2.5], [1e-320, 3.0], [7.0, 1 / 3], [0.0, 2 ** 60]]])
def test_rows_of_any_kind_give_the_same_digits(X, kind):
    def results(kind):
        network = NeuralNetwork(
            2, 3, 1, weights_input_hidden=kind([[1, -2, 0.5], [0.25, 1, -1]]),
            weights_hidden_output=kind([[0.5], [2], [-1]]))
        network.bias_hidden = kind([[1, 0, -1]])
        losses = quietly(network, kind(X), kind(TARGETS), 3, 0.5, report_every=1)
        found = [losses, network.feedforward(kind(X)),
                 network.gradients(kind(X), kind(TARGETS))]
        network.bias_output = kind([[2]])
        network.backward(kind(X), kind(TARGETS), 0.5)
        return found + [vars(network)]

    assert repr(results(kind)) == repr(results(list))  # types and last digits too

@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames(library):
    frame = pytest.importorskip(library).DataFrame({"a": [0, 1], "b": [0.5, 2.0]})
    network = NeuralNetwork(2, 3, 1, seed=1)
    assert network.feedforward(frame) == network.feedforward([[0, 0.5], [1, 2.0]])

def test_arguments_are_never_changed_and_results_share_no_row():
    X, y = [[0.5, 1.0], [2.0, -1.0]], [[0.0], [1.0]]
    given = [[[0.5, 1.0], [2.0, -1.0]], [[0.0, 1.0]], [[1.0], [0.5]], [[0.5]]]
    before = copy.deepcopy([X, y, given])
    network = build(*given)
    results = [X, y, given, network.feedforward(X), network.hidden_output,
               network.gradients(X, y)]
    results += list(network.parameters().values()) + network._parameters
    quietly(network, X, y, 2, 0.1)
    results += [network.feedforward(X), network.hidden_output]
    assert [X, y, given] == before

    def rows(nested):
        inner = [row for row in nested if isinstance(row, (list, tuple))]
        return sum(map(rows, inner), []) if inner else [nested]

    found = rows(results)
    assert len(set(map(id, found))) == len(found) > 30

def test_parameters_can_be_changed_in_place_and_are_copied_when_assigned():
    one, other = (NeuralNetwork(2, 4, 1, seed=seed) for seed in (1, 2))
    W1, before = one.weights_input_hidden, one.feedforward(XOR)
    row = W1[1]
    row[2] += 0.5
    changed = one.feedforward(XOR)
    row[2] += 0.5
    assert before != changed != one.feedforward(XOR) != before
    row[2] -= 1.0
    assert one.feedforward(XOR) == before and one.weights_input_hidden is W1
    other.weights_input_hidden = one.weights_input_hidden
    other.weights_input_hidden[0][0] += 1
    assert one.feedforward(XOR) == before
    one.bias_output = iter([[0.5]])
    assert one.bias_output == [[0.5]] and one.feedforward(XOR) == one.feedforward(XOR)
    one.weights_hidden_output = [[0.5]] * 4  # whose rows are one and the same list
    one.weights_hidden_output[0][0] = 2.0
    assert one.weights_hidden_output == [[2.0], [0.5], [0.5], [0.5]]
    shared = copy.copy(one)
    shared.bias_output = [[7.0]]
    assert one.bias_output == [[0.5]]
    row = one.bias_hidden[0]
    row[2] = Decimal("0.5")
    one.weights_input_hidden[0] = (1, Fraction(1, 2), -1, True)
    one.weights_hidden_output[1] = one.weights_hidden_output[0]  # the same list
    twin = NeuralNetwork(2, 4, 1, **one.parameters())
    for network in one, twin:
        network.backward(XOR, TARGETS, 0.5)
    assert parameters(one) == parameters(twin) and one.bias_hidden[0] is row
    assert {type(w) for w in numbers(parameters(one))} == {float}
    one.feedforward(XOR)[0][0] = 7.0  # the list is the caller's
    assert one.gradients(XOR, TARGETS) == NeuralNetwork(
        2, 4, 1, **one.parameters()).gradients(XOR, TARGETS)

def test_saved_by_json_pickle_or_copy_it_is_the_same_network():
    network = NeuralNetwork(2, 4, 1, seed=3)
    quietly(network, XOR, TARGETS, 30, 0.5)
    text = json.dumps(network.parameters())
    network.parameters()["bias_output"][0][0] = 7.0  # a copy, too
    twins = [NeuralNetwork(2, 4, 1, **json.loads(text)), copy.deepcopy(network),
             pickle.loads(pickle.dumps(network)), network]
    losses = [quietly(twin, XOR, TARGETS, 5, 0.5) for twin in twins]
    assert losses == [losses[0]] * 4

def test_threads_that_only_predict_get_their_own_rows():
    network, wrong = NeuralNetwork(2, 8, 1, seed=1), []
    rows = [[[n / 10, -n / 10]] * 3 for n in range(4)]
    right = [network.feedforward(X) for X in rows]

    def predict(n):
        wrong.extend(n for _ in range(300) if network.feedforward(rows[n]) != right[n])

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=predict, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)
    assert wrong == []

def test_numbers_of_other_kinds_are_taken_for_what_they_are():
    network = NeuralNetwork(2, 4, 1, seed=1)
    half = [[Fraction(1, 2), Decimal("0.5")], [True, False]]
    assert network.feedforward(half) == network.feedforward([[0.5, 0.5], [1, 0]])
    assert quietly(network, XOR, [[False], [True], [True], [False]], 1, Fraction(1, 2))
    assert quietly(network, XOR, TARGETS, 1, Decimal("0.5"))
    if numpy is not None:
        other = NeuralNetwork(*numpy.array([2, 4, 1]), seed=numpy.int64(1))
        assert other.parameters() == NeuralNetwork(2, 4, 1, seed=1).parameters()
        assert type(other.input_size) is int
        quietly(other, XOR, TARGETS, numpy.int32(3), numpy.float32(0.5))

def test_extreme_weights_inputs_and_rates_are_no_errors():
    huge = [[1e308, -1e308], [1e308, -1e308]]
    network = build(huge, [[0, 0]], [[1e308], [-1e308]], [[0]])
    assert network.feedforward(XOR) == [[0.5], [1.0], [1.0], [1.0]]
    network = NeuralNetwork(2, 4, 1, seed=1)
    assert network.feedforward([[1e-320, -0.0]]) == network.feedforward([[0, 0]])
    assert network.feedforward([[10 ** 300, -(10 ** 301)]])
    for learning_rate in 1e300, 5e-324:
        quietly(network, XOR, TARGETS, 1, learning_rate)
        assert all(map(math.isfinite, numbers(parameters(network))))

def test_targets_of_another_range_are_scaled_and_predictions_scaled_back():
    low, high = -1, 1
    y = [[(target - low) / (high - low)] for target in (-1, 1, 1, -1)]
    network = NeuralNetwork(2, 4, 1, seed=1)
    quietly(network, XOR, y, 2000, 2.0)
    for (a,), target in zip(network.feedforward(XOR), (-1, 1, 1, -1)):
        assert low + a * (high - low) == pytest.approx(target, abs=0.2)

@pytest.mark.parametrize("hidden_size, least, most", [(4, 99, 100), (2, 65, 77)])
def test_of_a_hundred_seeds_so_many_learn_xor(hidden_size, least, most):
    """To within 0.1 of every target, at a learning rate of 4 for 500 epochs."""
    count = 0
    for seed in range(100):
        network = NeuralNetwork(2, hidden_size, 1, seed=seed)
        quietly(network, XOR, TARGETS, 500, 4.0)
        differences = numbers(subtract(network.feedforward(XOR), TARGETS))
        count += max(map(abs, differences)) < 0.1
    assert least <= count <= most

def test_a_prediction_takes_memory_for_its_row_and_outputs_alone():
    network, X = NeuralNetwork(64, 200, 10, seed=1), [[0.5] * 64]
    network.feedforward(X)
    tracemalloc.start()
    network.feedforward(X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * 8 * (64 + 200 + 10) < 8 * 64 * 200 / 4

def test_micropython_draws_learns_checks_and_refuses_bad_input():
    assert run(find("micropython"), "-c", """
from backprop import NeuralNetwork, gradient_check
X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
network, twin = NeuralNetwork(2, 4, 1, seed=1), NeuralNetwork(2, 4, 1, seed=1)
print(network.parameters() == twin.parameters(), network)
losses = network.train(X, y, 1000, 2.0, verbose=False)
print([round(row[0]) for row in network.feedforward(X)], len(losses))
network.bias_output[0][0] += 0.5
print(gradient_check(network, X, y) < 1e-6)
for bad in None, [["0", 1]], [[0]], [0, 1]:
    try:
        network.feedforward(bad)
    except (TypeError, ValueError) as error:
        print(error)
""") == """\
True NeuralNetwork(2, 4, 1)
[0, 1, 1, 0] 2
True
X must be rows, as in X = [[...], [...]], got None
X[0][0] must be a number, got '0'
len(X[0]) must be 2, got 1
X[0] must be a row, as in X = [[...], [...]], got 0
"""

def test_micropython_runs_in_the_heap_that_the_first_lines_name():
    heap = "heapsize=%sk" % re.search(r"(\d+) KB of heap", read("backprop.py")).group(1)
    assert run(find("micropython"), "-X", heap, "backprop.py") == NOTEBOOK

TYPED = '''
from backprop import PARAMETERS, NeuralNetwork, gradient_check, sigmoid

network = NeuralNetwork(2, 4, 1, seed=1, bias_hidden=[(0, 0, 0, 0)])
X, y = [[0, 0], [0, 1]], [(0.0,), (1.0,)]
last: float = network.train(X, y, 10, 0.5, report_every=5, verbose=False)[-1][1]
rows: "list[list[float]]" = network.feedforward(X)
network.backward(X, y, learning_rate=1)
dW1: "list[list[float]]" = network.gradients(X, y)[0]
network.weights_input_hidden = [[1, 2, 3, 4], [5, 6, 7, 8]]
hidden: "list[list[float]]" = network.hidden_output
twin = NeuralNetwork(2, 4, 1, **network.parameters())
check: float = gradient_check(twin, X, y) + sigmoid(1)
names: str = PARAMETERS[0] + repr(network)
'''
MISTYPED = ["network.feedforward(1)", "network.feedforward('01')",
            "network.feedforward([1, 2])", "NeuralNetwork(2, 4)",
            "NeuralNetwork('2', 4, 1)", "network.train(X, y, 10, '0.1')",
            "network.train(X, y, 10, 0.1, quiet=True)", "network.bias_output = 0.0",
            "sigmoid('0')", "network.predict(X)"]

def test_a_typed_program_sees_no_error_in_it_and_all_of_its_own(tmp_path):
    pytest.importorskip("mypy")
    client = tmp_path / "client.py"
    client.write_text(TYPED + "\n".join(MISTYPED) + "\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull,
         str(client)], cwd=HERE, stdout=subprocess.PIPE, env=dict(
            os.environ, MYPYPATH=HERE))
    found = re.findall(r"(\w+\.py):(\d+): error", done.stdout.decode())
    first = TYPED.count("\n") + 1
    assert {(file, int(line)) for file, line in found} == {
        ("client.py", first + n) for n in range(len(MISTYPED))}, done.stdout.decode()

def test_what_calls_cost(capsys):
    """Print the figures; that they could be measured is all that is asserted."""
    network = NeuralNetwork(2, 4, 1, seed=1)

    def loop():
        for _ in range(200):
            network.feedforward(XOR)
            network.backward(XOR, TARGETS, 0.1)

    train = min(timeit.repeat(
        lambda: quietly(network, XOR, TARGETS, 200, 0.1), number=1, repeat=5))
    looped = min(timeit.repeat(loop, number=1, repeat=5))
    row = min(timeit.repeat(
        lambda: network.feedforward([[0, 1]]), number=200, repeat=5))
    with capsys.disabled():
        print("\n  an epoch of train %.0f us, in a loop %.2f times that, "
              "a row predicted %.1f us" % (5e3 * train, looped / train, 5e3 * row))
    assert train > 0 < row

# --- What is refused -------------------------------------------------------

def broken_rows():
    yield [0, 1]
    raise KeyError("of the user")

def test_an_error_of_the_users_own_is_not_hidden():
    with pytest.raises(KeyError, match="of the user"):
        NeuralNetwork(2, 4, 1).feedforward(broken_rows())

HUGE, LONG = 10 ** 400, "0,1\n" * 10 ** 5
WORDS = {
    "ROWS": "TypeError: X must be rows, as in X = [[...], [...]], got ",
    "ROW": "TypeError: X[1] must be a row, as in X = [[...], [...]], got ",
    "Y_COUNT": "; y takes one row for each row of X",
    "RANGE": "must be from 0 to 1 (see train)", "ABOVE": "must be finite and above 0",
    "INT": "must be an int, at least", "W1": PARAMETERS[0], "W2": PARAMETERS[2]}
REFUSED = [line.split("  # ") for line in """
n.feedforward(None)  # {ROWS}None
n.feedforward(7)  # {ROWS}7
n.feedforward("01")  # {ROWS}'01'
n.feedforward(LONG)  # {ROWS}str
n.feedforward(b"01")  # {ROWS}bytes
n.feedforward({0: [0, 1]})  # {ROWS}dict
n.feedforward({(0, 1)})  # {ROWS}set
n.feedforward(len)  # {ROWS}builtin_function_or_method
n.feedforward(Array(0.5))  # {ROWS}0.5
n.feedforward([[0, 1], 1])  # {ROW}1
n.feedforward([[0, 1], "01"])  # {ROW}'01'
n.feedforward([[0, 1], None])  # {ROW}None
n.feedforward([[0, 1], {0: 1, 1: 0}])  # {ROW}dict
n.feedforward(Array([[0, 1], 1]))  # {ROW}1
n.feedforward([])  # ValueError: len(X) must be above 0, got 0
n.feedforward(iter([]))  # ValueError: len(X) must be above 0, got 0
n.feedforward([[0, 1], []])  # ValueError: len(X[1]) must be 2, got 0
n.feedforward([[0, 1, 1]])  # ValueError: len(X[0]) must be 2, got 3
n.feedforward([iter([0])])  # ValueError: len(X[0]) must be 2, got 1
n.gradients(None, Y)  # {ROWS}None
n.gradients(X[:3], Y)  # ValueError: len(y) must be 3, got 4{Y_COUNT}
n.gradients(X, [[0, 1, 1, 0]])  # ValueError: len(y) must be 4, got 1{Y_COUNT}
n.gradients(X, [[0], [1], [1], [0, 0]])  # ValueError: len(y[3]) must be 1, got 2
n.backward(7, Y, 0.1)  # {ROWS}7
n.backward([[0, 1, 1]] * 4, Y, 0.1)  # ValueError: len(X[0]) must be 2, got 3
n.backward(X, [], 0.1)  # ValueError: len(y) must be 4, got 0{Y_COUNT}
n.train({}, Y, 5, 0.1)  # {ROWS}dict
n.train([[0, 1]] * 5, Y, 5, 0.1)  # ValueError: len(y) must be 5, got 4{Y_COUNT}
n.train(X, [[0, 1]] * 4, 5, 0.1)  # ValueError: len(y[0]) must be 1, got 2
gradient_check(n, [[0]] * 4, Y)  # ValueError: len(X[0]) must be 2, got 1
gradient_check(n, X, [[0]] * 3)  # ValueError: len(y) must be 4, got 3{Y_COUNT}
W1([[0] * 4])  # ValueError: len({W1}) must be 2, got 1
W1([[0] * 4, [0] * 3])  # ValueError: len({W1}[1]) must be 4, got 3
b1([0, 0, 0, 0])  # ValueError: len(bias_hidden) must be 1, got 4
W2([[0]] * 5)  # ValueError: len({W2}) must be 4, got 5
W2([[0, 0]] * 4)  # ValueError: len({W2}[0]) must be 1, got 2
b2([[]])  # ValueError: len(bias_output[0]) must be 1, got 0
N(W1=[[0] * 4] * 3)  # ValueError: len({W1}) must be 2, got 3
N(b1=[[0] * 3])  # ValueError: len(bias_hidden[0]) must be 4, got 3
N(W2=[[0] * 4])  # ValueError: len({W2}) must be 4, got 1
N(10 ** 20, 10 ** 20, b2=[[0], [0]])  # ValueError: len(bias_output) must be 1, got 2
n.feedforward([[0, 1], [0, "1"]])  # TypeError: X[1][1] must be a number, got '1'
n.feedforward([[LONG, 1]])  # TypeError: X[0][0] must be a number, got str
n.feedforward([["", 1]])  # TypeError: X[0][0] must be a number, got ''
n.feedforward([[None, 1]])  # TypeError: X[0][0] must be a number, got None
n.feedforward([[1j, 1]])  # TypeError: X[0][0] must be a number, got complex
n.feedforward([[[0.0], [1.0]]])  # TypeError: X[0][0] must be a number, got list
n.feedforward([[X * 10 ** 5, 1]])  # TypeError: X[0][0] must be a number, got list
n.feedforward([[0, Array([1.0])]])  # TypeError: X[0][1] must be a number, got list
n.feedforward(Array([[0, 1j]]))  # TypeError: X[0][1] must be a number, got complex
n.feedforward([[0, NAN]])  # ValueError: X[0][1] must be finite, got nan
n.feedforward([[NAN, 0]])  # ValueError: X[0][0] must be finite, got nan
n.feedforward([[INF, 0]])  # ValueError: X[0][0] must be finite, got inf
n.feedforward([[0.5, -INF]])  # ValueError: X[0][1] must be finite, got -inf
n.feedforward([[HUGE, 0]])  # ValueError: X[0][0] must be finite, got int
n.feedforward([[0.5, -HUGE]])  # ValueError: X[0][1] must be finite, got int
n.feedforward([[0, Decimal("nan")]])  # ValueError: X[0][1] must be finite, got Decimal
b2([[Decimal("1e400")]])  # ValueError: bias_output[0][0] must be finite, got Decimal
n.feedforward([[0, Decimal("snan")]])  # ValueError: X[0][1] must be finite, got Decimal
n.gradients([["0", 1]] * 4, Y)  # TypeError: X[0][0] must be a number, got '0'
n.gradients(X, [["0"]] * 4)  # TypeError: y[0][0] must be a number, got '0'
n.gradients(X, [[0], [2], [1], [0]])  # ValueError: y[1][0] {RANGE}, got 2
n.backward([[0, INF]] * 4, Y, 0.1)  # ValueError: X[0][1] must be finite, got inf
n.backward(X, [[0], [-1], [1], [0]], 1)  # ValueError: y[1][0] {RANGE}, got -1
N(2, 4, 4).train(X, [[1, 0, 0.5, 2]] * 4, 5, 1)  # ValueError: y[0][3] {RANGE}, got 2
n.train([[0, None]] * 4, Y, 5, 0.1)  # TypeError: X[0][1] must be a number, got None
n.train(X, [[0], [1], [1.5], [0]], 5, 1)  # ValueError: y[2][0] {RANGE}, got 1.5
gradient_check(n, [[NAN, 0]] * 4, Y)  # ValueError: X[0][0] must be finite, got nan
gradient_check(n, X, [[2]] * 4)  # ValueError: y[0][0] {RANGE}, got 2
W1([[0] * 4, [0, 0, 0, "0"]])  # TypeError: {W1}[1][3] must be a number, got '0'
b1([[0, NAN, 0, 0]])  # ValueError: bias_hidden[0][1] must be finite, got nan
W2([[0], [0], [None], [0]])  # TypeError: {W2}[2][0] must be a number, got None
b2([[HUGE]])  # ValueError: bias_output[0][0] must be finite, got int
N(W1=[[INF] * 4] * 2)  # ValueError: {W1}[0][0] must be finite, got inf
N(b1=[["0"] * 4])  # TypeError: bias_hidden[0][0] must be a number, got '0'
N(W2=[[NAN]] * 4)  # ValueError: {W2}[0][0] must be finite, got nan
N(b2=[[None]])  # TypeError: bias_output[0][0] must be a number, got None
n.backward(X, Y, 0)  # ValueError: learning_rate {ABOVE}, got 0
n.backward(X, Y, -0.5)  # ValueError: learning_rate {ABOVE}, got -0.5
n.backward(X, Y, NAN)  # ValueError: learning_rate {ABOVE}, got nan
n.backward(X, Y, "0.1")  # TypeError: learning_rate must be a number, got '0.1'
n.backward(X, Y, Decimal("1e-400"))  # ValueError: learning_rate {ABOVE}, got Decimal
n.train(X, Y, 5, None)  # TypeError: learning_rate must be a number, got None
n.train(X, Y, 5, INF)  # ValueError: learning_rate {ABOVE}, got inf
n.train(X, Y, 5, False)  # ValueError: learning_rate {ABOVE}, got False
n.train(X, Y, 0.1, 1000)  # ValueError: epochs {INT} 0, got 0.1
n.train(X, Y, -1, 0.1)  # ValueError: epochs {INT} 0, got -1
n.train(X, Y, "10", 0.1)  # TypeError: epochs {INT} 0, got '10'
n.train(X, Y, True, 0.1)  # ValueError: epochs {INT} 0, got True
n.train(X, Y, 5, 0.1, report_every=0)  # ValueError: report_every {INT} 1, got 0
n.train(X, Y, 5, 0.1, report_every=None)  # TypeError: report_every {INT} 1, got None
N(0)  # ValueError: input_size {INT} 1, got 0
N("2")  # TypeError: input_size {INT} 1, got '2'
N(Array(True))  # ValueError: input_size {INT} 1, got True
N(2, 4.0)  # ValueError: hidden_size {INT} 1, got 4.0
N(2, Array(4.0))  # ValueError: hidden_size {INT} 1, got 4.0
N(2, Fraction(4))  # TypeError: hidden_size {INT} 1, got Fraction
N(2, [4])  # TypeError: hidden_size {INT} 1, got list
N(2, 4, True)  # ValueError: output_size {INT} 1, got True
N(2, 4, -HUGE)  # ValueError: output_size {INT} 1, got int
N(2, 4, NAN)  # ValueError: output_size {INT} 1, got nan
N(seed=-1)  # ValueError: seed {INT} 0, got -1
N(seed=0.5)  # ValueError: seed {INT} 0, got 0.5
N(seed="a")  # TypeError: seed {INT} 0, got 'a'
""".strip().splitlines()]

@pytest.mark.parametrize("call, message", REFUSED, ids=[call for call, _ in REFUSED])
def test_refused(call, message, capsys):
    n, X, Y = NeuralNetwork(2, 4, 1, seed=1), copy.deepcopy(XOR), copy.deepcopy(TARGETS)
    n.feedforward(X[:2])
    full = dict(zip(("W1", "b1", "W2", "b2"), PARAMETERS))

    def new(inputs=2, hidden=4, outputs=1, **given):
        return NeuralNetwork(inputs, hidden, outputs, **{
            full.get(name, name): value for name, value in given.items()})

    names = dict(globals(), n=n, X=X, Y=Y, N=new)
    for short, name in full.items():
        names[short] = lambda value, name=name: setattr(n, name, value)
    for word, meaning in WORDS.items():
        message = message.replace("{%s}" % word, meaning)
    before = copy.deepcopy(vars(n))
    with pytest.raises((TypeError, ValueError)) as error:
        eval(call, names)
    assert "%s: %s" % (error.type.__name__, error.value) == message
    assert (vars(n), X, Y) == (before, XOR, TARGETS) and len(message) < 120
    assert capsys.readouterr().out == ""

def test_rows_that_train_has_checked_are_refused_by_a_network_of_another_size():
    class Two(NeuralNetwork):
        def feedforward(self, X):
            NeuralNetwork(3, 4, 1, seed=1).feedforward(X)

    with pytest.raises(ValueError, match="X.0.. must be 3, got 2"):
        quietly(Two(2, 4, 1, seed=1), XOR, TARGETS, 1, 0.1)

def test_a_bad_entry_put_in_place_is_refused_at_the_next_call():
    network = NeuralNetwork(2, 4, 1, seed=1)
    network.feedforward(XOR)
    network.weights_hidden_output[2][0] = "a"
    for call in (lambda: network.feedforward(XOR),
                 lambda: network.backward(XOR, TARGETS, 0.1),
                 lambda: network.train(XOR, TARGETS, 1, 0.1)):
        with pytest.raises(TypeError) as error:
            call()
        assert str(error.value) == PARAMETERS[2] + "[2][0] must be a number, got 'a'"
    network.weights_hidden_output[2][0] = 0.5
    network.weights_hidden_output.append([0.5])
    with pytest.raises(ValueError, match="weights_hidden_output. must be 4, got 5"):
        network.feedforward(XOR)

# --- The documentation -----------------------------------------------------

def test_what_is_public_has_a_version_a_list_and_documentation():
    assert backprop.__version__ == "2.0"
    assert {"NeuralNetwork", "PARAMETERS", "gradient_check"} <= set(backprop.__all__)
    assert all(hasattr(backprop, name) for name in backprop.__all__)
    for kind in backprop, NeuralNetwork:
        for name, value in vars(kind).items():
            if callable(value) and not name.startswith("_"):
                first, *rest = value.__doc__.splitlines()
                assert first.endswith(".") and rest[:1] in ([], [""]), name

def test_ci_runs_the_readmes_commands_word_for_word():
    if not os.path.exists(os.path.join(HERE, ".ci", "run")):
        pytest.skip("the hidden files are not here")
    commands = re.findall(r"```sh\n(.*?)```", read("README.md"), re.S)
    assert len(commands) == 2
    assert all(command in read(".ci", "run") for command in commands)
