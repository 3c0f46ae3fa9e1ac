"""What backprop.py claims, and the computation that settles each claim.

The order is the module's. Other Pythons and the documentation come last.
"""
import array
import cmath
import contextlib
import copy
import doctest
import glob
import inspect
import itertools
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import time
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest

import backprop
from backprop import (
    NeuralNetwork, add, apply, backpropagate, dot, forward, gradient_check, multiply,
    sigmoid, sigmoid_derivative, subtract, sum_rows, transpose)

try:
    import numpy
except ImportError:
    numpy = None

HERE = os.path.dirname(os.path.abspath(__file__))
NAN, INF, HUGE = float("nan"), float("inf"), 10 ** 400
NAMES = ("weights_input_hidden", "bias_hidden", "weights_hidden_output", "bias_output")
XOR, TARGETS = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
ZEROS = [[[0] * 4] * 2, [[0] * 4], [[0]] * 4, [[0]]]

# --- Helpers ---------------------------------------------------------------
def read(*path):
    """Return the text of a file of the project."""
    with open(os.path.join(HERE, *path), encoding="utf-8") as file:
        return file.read()

SOURCE, README = read("backprop.py"), read("README.md")

def numbers(nested):
    """Return the numbers of nested lists, one after another."""
    if not isinstance(nested, (list, tuple)):
        return [nested]
    return [number for inner in nested for number in numbers(inner)]

def new(seed=1, **given):
    """Return a network for XOR."""
    return NeuralNetwork(2, 4, 1, seed, **given)

def build(W1, b1, W2, b2, kind=NeuralNetwork):
    """Return the network that has these four parameters."""
    return kind(len(W1), len(W2), len(W2[0]), None, W1, b1, W2, b2)

def saved(network):
    """Return the parameters by name, as one saves them."""
    return {name: getattr(network, name) for name in NAMES}

def parameters(network):
    """Return W1, b1, W2 and b2."""
    return list(saved(network).values())

def quietly(network, X, y, epochs, learning_rate, **options):
    """Train without printing, and return the losses."""
    return network.train(X, y, epochs, learning_rate, verbose=False, **options)

def random_case(seed):
    """Return a network and data of random shape: 1 to 7 of everything."""
    source = random.Random(seed)
    N, D, H, K = [1 if place == seed else source.randint(1, 7) for place in range(4)]
    network = NeuralNetwork(D, H, K, seed=seed)
    network.bias_hidden = [[source.uniform(-1, 1) for _ in range(H)]]
    network.bias_output = [[source.uniform(-1, 1) for _ in range(K)]]
    X = [[source.uniform(-2, 2) for _ in range(D)] for _ in range(N)]
    return network, X, [[source.random() for _ in range(K)] for _ in range(N)]

def circle():
    """Return 49 points, and for each whether it is inside a circle."""
    X = [[a / 3, b / 3] for a in range(-3, 4) for b in range(-3, 4)]
    return X, [[int(a * a + b * b < 0.5)] for a, b in X]

def definition_of_E(matrices, X, y):
    """Return E of layers W, b, W, b, ..., which may be complex."""
    for W, b in zip(matrices[::2], matrices[1::2]):
        Z = [[sum(x * w for x, w in zip(row, column)) + bias
              for column, bias in zip(zip(*W), b[0])] for row in X]
        X = [[1 / (1 + cmath.exp(-z)) for z in row] for row in Z]
    return sum((a - target) ** 2 for a, target in zip(numbers(X), numbers(y))) / 2

def are_slopes(found, matrices, place, X, y):
    """Tell whether E has these slopes for a matrix: complex steps lose no digit."""
    matrices, exact = copy.deepcopy(matrices), copy.deepcopy(matrices[place])
    for row, slopes in zip(matrices[place], exact):
        for j, w in enumerate(row):
            row[j] = w + 1e-200j
            slopes[j] = definition_of_E(matrices, X, y).imag / 1e-200
            row[j] = w
    return list(map(len, found)) == list(map(len, exact)) and (
        numbers(found) == pytest.approx(numbers(exact), rel=1e-13, abs=1e-15))

def variant(*changes):
    """Return the module's names, with changes (old, new) made in its text."""
    text, names = SOURCE, {"__name__": "variant"}
    for old, changed in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, changed)
    exec(text, names)
    return names

def run_example(place, names):
    """Run the example in a docstring with these names; return it and its failures."""
    example = doctest.DocTestParser().get_doctest(place.__doc__, dict(names), "", "", 0)
    return example, doctest.DocTestRunner().run(
        example, out=lambda text: None, clear_globs=False).failed

def run(*command, folder=HERE):
    """Return what a command prints, started in a folder."""
    done = subprocess.run(command, cwd=str(folder), timeout=120, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True)
    assert done.returncode == 0, done.stdout
    return done.stdout

def find(interpreter):
    """Return where an interpreter that starts is, on the PATH or under pyenv."""
    pyenv = os.path.expanduser(os.environ.get("PYENV_ROOT", "~/.pyenv"))
    folders = sorted(glob.glob(pyenv + "/versions/*/bin"))
    for folder in folders + os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = shutil.which(interpreter, path=folder)
        if path and not subprocess.run(  # a version manager's shim does not start
                [path, "-c", "pass"], stderr=subprocess.DEVNULL).returncode:
            return path
    return pytest.skip(interpreter + " is not here; nothing is wrong")

# --- The printed run -------------------------------------------------------
NOTEBOOK = re.search(r"```text\n(Epoch 0.*?)```", README, re.S).group(1)
EXPS = ("[0.0006755387751938444, 0.33287108369807955, 1.4477346146633245, "
        "18.17414536944306, 120571.71498645052]\n")

@pytest.mark.parametrize("interpreter", [
    "this one", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10",
    "python3.11", "python3.12", "python3.13", "pypy3", "micropython"])
def test_prints_what_the_readme_shows_on_every_python(interpreter):
    """To the last digit, or where exp rounds in another way, to some."""
    python = sys.executable if interpreter == "this one" else find(interpreter)
    text, number = run(python, "backprop.py"), r"\d+\.\d+"
    exps = run(python, "-c", "import math\nprint([math.exp(x) for x in (%s)])" % (
        "-7.3, -1.1, 0.37, 2.9, 11.7"))
    digits, told = (re.findall(number, output) for output in (text, NOTEBOOK))
    assert text == NOTEBOOK or exps != EXPS
    assert re.sub(number, "", text) == re.sub(number, "", NOTEBOOK)
    assert list(map(float, digits)) == pytest.approx(
        list(map(float, told)), rel=1e-9 if exps[:14] == EXPS[:14] else 1e-2)

def test_it_imports_nothing_but_math_and_prints_only_when_run():
    assert run(sys.executable, "-S", "-c", """
import sys
known = {*sys.modules, "math"}
import backprop
print({*sys.modules} - known)
""") == "{'backprop'}\n"

# --- One number, then matrices ---------------------------------------------
def test_every_sum_that_is_written_out_is_right():
    text = re.sub(r" +([*=]) ", r" \1 ", SOURCE).replace("^", "**")
    fragments = re.split(
        r"  +|\n|# |, |; | and | to | is |d\w+/d\w+ = |E = ", text)
    sums = [fragment.rstrip(".,:") for fragment in fragments if re.fullmatch(
        r"[-\d/.()*+ ]*\d\)? [-*+=] [-\d/.()*+ =]+[,:]?", fragment) and "=" in fragment]
    for written in sums:
        values = [eval(part) for part in written.split("=")]
        assert values == [pytest.approx(values[0])] * 2, written
    assert len(sums) == 24
    steps = re.findall(r"= (-?[\d.]+),\s+and E to ([\d.]+)\. ", SOURCE)  # E = w^2
    assert [float(w) ** 2 for w, _ in steps] == pytest.approx(
        [float(E) for _, E in steps]) and len(steps) == 2

def test_one_neuron_in_each_layer():
    network, X, y = build([[1]], [[-2]], [[8]], [[-4]]), [[2]], [[0]]
    assert network.loss(X, y) / 2 == 1 / 8
    slopes = numbers(network.gradients(X, y))
    assert slopes == [1 / 2, 1 / 4, 1 / 16, 1 / 8]
    assert round(0.1 * sum(slope ** 2 for slope in slopes), 3) == 0.033
    network.backward(X, y, 0.1)
    assert numbers(parameters(network)) == [0.95, -2.025, 7.99375, -4.0125]
    assert round(1 / 8 - network.loss(X, y) / 2, 3) == 0.031
    assert run_example(backprop, vars(backprop))[1] == 0

def test_no_single_neuron_does_xor_nor_do_layers_without_f():
    grid = [n / 4 for n in range(-16, 17)]
    for v1, v2, b in itertools.product(grid, repeat=3):
        outputs = apply(sigmoid, add(dot(XOR, [[v1], [v2]]), [[b]]))
        assert [a > 0.5 for a in numbers(outputs)] != [False, True, True, False]
    z1, z2, same = re.search(r"if z1 = (.*), then (.*) = (.*)\.", re.sub(
        r"(\d) ?([xz])", r"\1 * \2", SOURCE)).groups()
    assert all(eval(z2, {"z1": eval(z1)}) == eval(same) for x in range(3))

def test_two_hidden_neurons_that_say_or_and_and_do_xor():
    network = build([[20, 20], [20, 20]], [[-10, -30]], [[20], [-20]], [[-10]])
    assert numbers(network.feedforward(XOR) + network.hidden_output) == pytest.approx(
        numbers(TARGETS) + [0, 0, 1, 0, 1, 0, 1, 1], abs=1e-4)
    written = re.findall(r"z = 20 \w+ [+-] 20 \w+ - \d0\s+is ([-\d, and]+\d)",
                         SOURCE.replace("\n#", ""))
    Z = [*zip(*network.hidden_activation), *zip(*network.output_activation)]
    assert [list(map(int, re.findall(r"-?\d+", sums))) for sums in written] == [
        list(map(round, column)) for column in Z]
    rows = re.findall(r"^#      ([01])   ([01])    ([01]) .*\(\d\)$", SOURCE, re.M)
    assert numbers(rows) == list(map(str, numbers(list(zip(XOR, TARGETS)))))

@pytest.mark.parametrize("H, starts, least, most", [(4, 40, 39, 40), (2, 100, 65, 77)])
def test_of_random_starts_so_many_learn_xor(H, starts, least, most):
    """To within 0.1 of every target, at a learning rate of 4 for 500 epochs."""
    learned = 0
    for seed in range(starts):
        network = NeuralNetwork(2, H, 1, seed=seed)
        quietly(network, XOR, TARGETS, 500, 4.0)
        A2 = numbers(network.feedforward(XOR))
        learned += A2 == pytest.approx([0, 1, 1, 0], abs=0.1)
    assert least <= learned <= most

def test_the_table_of_symbols():
    network = new()
    network.feedforward(XOR)
    table = re.findall(r"^#     (\w\d?)  +(\w*)  +(\w) x (\w)  (\S+):", SOURCE, re.M)
    assert [row[0] for row in table] == "X W1 b1 Z1 A1 W2 b2 Z2 A2 y".split()
    size, index = dict(zip("1NDHK", (1, 4, 2, 4, 1))), dict(zip("1NDHK", "0nijk"))
    for symbol, name, rows, columns, entry in table:
        matrix = {"X": XOR, "y": TARGETS}.get(symbol) or getattr(network, name)
        assert [len(row) for row in matrix] == [size[columns]] * size[rows]
        assert entry == "%s[%s][%s]" % (symbol, index[rows], index[columns])

# --- Matrices and the sigmoid ----------------------------------------------
A, B = [[1.5, -2.0, 3.0], [0.5, 4.0, -1.0]], [[2.0, 5.0], [7.0, -3.0], [0.25, 1.0]]
C, ROW = [[9.0, 8.0, 7.0], [6.0, 5.0, 4.0]], [[1.0, 2.0, -3.0]]

def test_matrix_functions_are_their_definitions_and_change_nothing():
    before = copy.deepcopy((A, B, C, ROW))
    assert transpose(A) == [(1.5, 0.5), (-2.0, 4.0), (3.0, -1.0)]
    assert dot(A, B) == [[-10.25, 16.5], [28.75, -10.5]]
    assert add(A, ROW) == [[2.5, 0.0, 0.0], [1.5, 6.0, -4.0]]
    assert subtract(A, C) == [[-7.5, -10.0, -4.0], [-5.5, -1.0, -5.0]]
    assert subtract(A, C, -0.5) == [[6.0, 2.0, 6.5], [3.5, 6.5, 1.0]]
    assert multiply(A, C) == [[13.5, -16.0, 21.0], [3.0, 20.0, -4.0]]
    assert apply(abs, A) == [[1.5, 2.0, 3.0], [0.5, 4.0, 1.0]]
    assert sum_rows(A) == [[2.0, 2.0, 2.0]] and sum_rows(B) == [[9.25, 3.0]]
    assert sum_rows([[0.1]] * 10) == [[0.9999999999999999]]  # sum() may give 1.0
    assert (A, B, C, ROW) == before

@pytest.mark.parametrize("P, Q", list(itertools.permutations([A, ROW, [[1]]], 2)))
def test_matrices_that_do_not_fit_are_refused_by_rule_and_shapes(P, Q):
    shapes = len(P), len(P[0]), len(Q), len(Q[0])
    got = "equal shapes, got %d x %d and %d x %d" % shapes
    for function, rule in (subtract, "add and subtract need"), (multiply, "multiply"):
        with pytest.raises(ValueError, match="^%s.* %s$" % (rule, got)):
            function(P, Q)
    with pytest.raises(ValueError, match="add and .* got 2 x 3 and 4 x 3"):
        add(A, C)
    with pytest.raises(ValueError, match="dot: columns of the first must match rows"):
        dot(A, C)

def test_sigmoid_is_the_plain_formula_down_to_minus_40_and_e_to_the_z_below():
    for z in -40.0, -39.875, -37.1, -2.7, -1e-9, 0.0, 39.0, 708.6:
        assert sigmoid(z) == 1 / (1 + math.exp(-z))
    for z in -40.1, -40.9, -88.7, -709.0, -745.0, -1e6, -INF:
        assert sigmoid(z) == math.exp(z)
    assert 1 + math.exp(40.1) == math.exp(40.1)  # the 1 vanishes
    assert sigmoid(INF) == 1.0 and math.isnan(sigmoid(NAN))

def test_sigmoid_derivative_is_the_slope_given_the_output():
    for z in -30.0, -3.0, -0.5, 0.0, 0.5, 3.0:
        exact = (1 / (1 + cmath.exp(-z - 1e-200j))).imag / 1e-200
        assert sigmoid_derivative(sigmoid(z)) == pytest.approx(exact, rel=1e-12)
        u, v = math.exp(-z), 1 + math.exp(-z)  # the names of its derivation
        assert (-1 / v ** 2) * 1 * (-u) == pytest.approx(exact, rel=1e-12)
        assert 1 - 1 / v == pytest.approx((v - 1) / v) == pytest.approx(u / v)
    slopes = [sigmoid_derivative(n / 1000) for n in range(1001)]
    assert max(slopes) == slopes[500] == 1 / 4 and slopes[0] == slopes[1000] == 0.0
    at_half, saturated = [build([[w]], [[0]], [[1]], [[0]]).gradients(
        [[1]], [[1]])[0][0][0] for w in (0.0, 20.0)]
    assert 0 < saturated / at_half < 1e-6  # it learns slowly

# --- Forward, and back -----------------------------------------------------
EXAMPLE = {"X": [[1, 2], [3, 1], [5, 0]], "y": [[0, 0], [1 / 4, 0], [0, 1 / 2]],
           "W1": [[1, -1], [2, -2]], "b1": [[-5, 5]],
           "W2": [[4, 1], [-2, 3]], "b2": [[-1, -2]]}

def quantities(X, y, W1, b1, W2, b2):
    """Return all that forward and backpropagate compute, by name."""
    names = dict(vars(backprop), X=X, y=y, W1=W1, b1=b1, W2=W2, b2=b2)
    for function in forward, backpropagate:
        body = inspect.getsource(function).split('"""\n')[1].split("    return")[0]
        exec("if True:\n" + body, names)
    return names

def test_the_numbers_beside_the_lines():
    found = quantities(**EXAMPLE)
    told = SOURCE[SOURCE.index("# === Forward, and back"):SOURCE.index("def forward")]
    assert EXAMPLE == {name: eval(matrix) for name, matrix in re.findall(
        r"(\w\w?) = (\[\[.*?\]\])", told)}
    assert set(numbers([found["A1"], found["A2"]])) == {1 / 2}
    assert found["E"](found["A2"], EXAMPLE["y"]) == 17 / 32 and "17/32 in" in SOURCE
    for function, order in (forward, "Z1 Z2"), (
            backpropagate, "dE_dA2 dE_dZ2 dE_dW2 dE_db2 dE_dA1 dE_dZ1 dE_dW1 dE_db1"):
        written = re.findall(r"(\[\[[-\d/ ,]+\](?:, \[[-\d/ ,]+\])*\])",
                             inspect.getsource(function))
        assert list(map(eval, written)) == [found[name] for name in order.split()]

@pytest.mark.parametrize("seed", range(10))
def test_each_formula_of_one_entry_gives_the_line_below_it(seed):
    network, X, y = random_case(seed)
    found = quantities(X, y, *parameters(network))
    size = {"n": len(X), "i": len(X[0]), "j": network.hidden_size, "k": len(y[0])}
    formulas = re.findall(r"(\w+)\[(\w)\]\[(\w)\] = \(?sum over (\w) of "
                          r"([^),\n]*?)(?:\) \+ (\S+))?(?:  |,|\n)", SOURCE)
    assert [row[0] for row in formulas] == ["Z1", "dE_dW2", "dE_db2", "dE_dA1"]
    for name, row, column, index, term, bias in formulas:
        for r, c in itertools.product(range(size.get(row, 1)), range(size[column])):
            names = dict(found, **{row: r, column: c})
            total = sum(eval(term, dict(names, **{index: place}))
                        for place in range(size[index])) + eval(bias or "0", names)
            assert found[name][r][c] == pytest.approx(total, abs=1e-14)

@pytest.mark.parametrize("epochs", [0, 30])
@pytest.mark.parametrize("seed", range(24))
def test_every_slope_is_exact_and_a_small_step_lowers_E_as_the_slopes_say(seed, epochs):
    network, X, y = random_case(seed)
    quietly(network, X, y, epochs, 0.5)
    before, gradients = parameters(network), network.gradients(X, y)
    for place, found in enumerate(gradients):
        assert are_slopes(found, before, place, X, y)
    E = definition_of_E(before, X, y).real
    assert backprop.E(network.feedforward(X), y) == pytest.approx(E)
    assert network.loss(X, y) == pytest.approx(2 * E / (len(X) * len(y[0])))
    network.backward(X, y, 1e-5)
    fall = E - definition_of_E(parameters(network), X, y).real
    slopes = numbers(gradients)
    assert 0 < fall == pytest.approx(1e-5 * sum(a * a for a in slopes), rel=1e-3)

def test_from_y_minus_A2_all_slopes_have_the_other_sign():
    network, X, y = random_case(5)
    changed = variant(("dE_dA2 = subtract(A2, y)", "dE_dA2 = subtract(y, A2)"))
    found = build(*parameters(network), changed["NeuralNetwork"]).gradients(X, y)
    assert numbers(found) == [-slope for slope in numbers(network.gradients(X, y))]

def test_mazurs_example():
    """A Step by Step Backpropagation Example, 2015. Late is back by the new W2."""
    found = dict(quantities(
        [[0.05, 0.1]], [[0.01, 0.99]], [[0.15, 0.25], [0.2, 0.3]], [[0.35, 0.35]],
        [[0.4, 0.5], [0.45, 0.55]], [[0.6, 0.6]]), numbers=numbers)
    exec("""V1, V2 = subtract(W1, dE_dW1, 0.5), subtract(W2, dE_dW2, 0.5)
late = subtract(W1, backpropagate(X, y, A1, A2, V2)[0], 0.5)
figures = A1[0] + A2[0] + [dE_dA2[0][0] ** 2 / 2, dE_dA2[0][1] ** 2 / 2, dE_dW2[0][0]]
figures += [dE_dW1[0][0], dE_dZ2[0][0], dE_dA1[0][0]] + numbers([V1, V2])
figures += [E(forward(X, V, b1, V2, b2)[3], y) for V in (V1, late)]""", found)
    published = """0.593269992 0.596884378 0.75136507 0.772928465 0.274811083
        0.023560026 0.082167041 0.000438568 0.138498562 0.036350306
        0.149780716 0.24975114 0.19956143 0.29950229 0.35891648 0.51130127
        0.408666186 0.561370121 0.291027774 0.291027924""".split()
    assert list(map(float, published)) == [
        round(value, len(text) - 2) for value, text in zip(found["figures"], published)]

# --- The network -----------------------------------------------------------
def test_the_state_of_a_network_is_what_one_sees():
    network = new()
    assert list(vars(network)) == ["input_size", "hidden_size", "output_size", *NAMES]
    network.feedforward(XOR)
    Z1, A1, Z2, A2 = forward(XOR, *parameters(network))
    assert list(vars(network).items())[7:] == [
        ("hidden_activation", Z1), ("hidden_output", A1),
        ("output_activation", Z2), ("predicted_output", A2)]
    assert property not in map(type, vars(NeuralNetwork).values())

def test_matrices_are_values_so_sharing_them_is_harmless():
    network, other = new(1), new(2)
    best, shared = network.weights_input_hidden, copy.copy(network)
    other.weights_input_hidden = best
    before = copy.deepcopy(vars(network))
    for trained in shared, other:
        quietly(trained, XOR, TARGETS, 5, 1.0)
    assert vars(network) == before
    quietly(network, XOR, TARGETS, 5, 1.0)
    assert best == before["weights_input_hidden"] != network.weights_input_hidden
    assert parameters(network) == parameters(shared)

def test_arguments_are_never_changed_or_kept():
    data = [[0.5, 1.0], [2.0, -1.0]], [[0.0], [1.0]]
    given = [[[0.5, 1.0], [2.0, -1.0]], [[0.0, 1.0]], [[1.0], [0.5]], [[0.5]]]
    before, network = copy.deepcopy([data, given]), build(*given)
    for matrix, kept in zip(given, parameters(network)):
        assert matrix == kept and matrix is not kept and matrix[0] is not kept[0]
    quietly(network, *data, 2, 0.1)
    assert [data, given] == before

@pytest.mark.parametrize("change", [
    "n.bias_output = [[2.0]]", "n.weights_input_hidden[1][2] = 0.75",
    "n.weights_hidden_output[0] = (3.0,)", "n.backward(XOR, TARGETS, 0.5)",
    "n.weights_input_hidden[0] = array.array('d', [1, 2, 3, 4])",
    "n.bias_hidden = ((1, Fraction(1, 2), 0, True),)", "n.feedforward(XOR[::-1])"])
def test_gradients_never_depend_on_what_was_called_or_changed_before(change):
    network = new()
    network.feedforward(XOR)
    for _ in range(2):
        exec(change, dict(globals(), n=network))
        twin = new(**saved(network))
        assert network.gradients(XOR, TARGETS) == twin.gradients(XOR, TARGETS)
        for one in network, twin:
            one.backward(XOR, TARGETS, 0.5)
        assert parameters(network) == parameters(twin)

def test_an_assigned_matrix_that_does_not_fit_is_refused_before_any_change():
    network = new()
    network.weights_hidden_output *= 2
    before = dict(vars(network))
    with pytest.raises(ValueError, match="dot: .*, got 4 x 4 and 8 x 1"):
        network.train(XOR, TARGETS, 1, 0.1)
    assert vars(network) == before

class Counting(NeuralNetwork):
    """Keep the calls, and let the learning rate decay."""
    calls = ""
    def feedforward(self, X):
        self.calls += "f"
        return super().feedforward(X)
    def backward(self, X, y, learning_rate):
        self.calls += "b"
        super().backward(X, y, learning_rate / self.calls.count("b"))

def test_train_and_the_loop_of_feedforward_and_backward_are_the_same_steps():
    trained, looped, stepped = Counting(2, 4, 1, 1), Counting(2, 4, 1, 1), new(1)
    quietly(trained, XOR, TARGETS, 5, 0.1)
    for step in range(1, 6):
        looped.feedforward(XOR)
        looped.backward(XOR, TARGETS, 0.1)
        stepped.backward(XOR, TARGETS, 0.1 / step)
    assert trained.calls == "f" + "bf" * 5 + "f" and looped.calls == "fbf" * 5
    assert parameters(trained) == parameters(looped) == parameters(stepped)

def test_what_train_has_checked_is_not_checked_again(monkeypatch):
    names, check = [], backprop.check_finite
    monkeypatch.setattr(backprop, "check_finite", lambda name, *rest: (
        names.append(name) or check(name, *rest)))
    monkeypatch.setattr(backprop, "min", lambda y: names.append("range") or min(y), 0)
    quietly(new(), XOR, TARGETS, 3, 0.25)
    assert names == ["X"] * 8 + ["y"] * 4 + ["range"] * 4 + ["learning_rate"] * 4
    assert type(backprop.check_rows("X", XOR, 2)[0]) is tuple  # no one changes it
    network = NeuralNetwork(2, 4, 2, 1)  # but what was checked as X is not as y
    network.backward = lambda X, y, rate: NeuralNetwork.backward(network, X, X, rate)
    with pytest.raises(ValueError, match="y.0. must be from 0 to 1"):
        quietly(network, [[5, -7]], [[0, 0]], 1, 0.1)

@pytest.mark.parametrize("epochs, every, reported", [
    (0, 1, [0]), (1, 1, [0, 1]), (5, 2, [0, 2, 4, 5]), (4, 2, [0, 2, 4])])
def test_train_reports_losses_before_steps_and_last(epochs, every, reported, capsys):
    network, X, y = random_case(1)
    loud = copy.copy(network)
    losses = loud.train(X, y, epochs, 0.1, every)
    assert capsys.readouterr().out == "".join(
        "Epoch {}, Loss:{!r}\n".format(*pair) for pair in losses[:-1])
    assert [epoch for epoch, loss in losses] == reported
    for epoch, loss in losses:
        quiet = copy.copy(network)
        assert quietly(quiet, X, y, epoch, 0.1)[-1][1] == loss == quiet.loss(X, y)
    assert capsys.readouterr().out == "" and vars(loud) == vars(quiet)

def test_loss_takes_held_out_rows_with_targets_of_any_size():
    network = build([[0]], [[0]], [[0]], [[0]])  # it predicts 1/2
    assert network.loss([[3], [4]], [[1.02], [-7.5]]) == (0.52 ** 2 + 64) / 2
    assert network.loss([[3]], [[1e200]]) == INF  # where ** 2 would raise
    network = build([[0]], [[0]], [[0] * 3], [[0] * 3])  # squares add up in order
    assert network.loss([[0]], [[0.0, 0.3, 0.4]]) == 0.30000000000000004 / 3

def test_an_interruption_leaves_every_matrix_whole(monkeypatch):
    network, calls = new(), iter([subtract] * 5)  # for b1, b2 and y, and two steps
    stepped = copy.copy(network)
    stepped.backward(XOR, TARGETS, 0.5)
    W1, b1, W2, b2 = zip(parameters(network), parameters(stepped))
    monkeypatch.setattr(backprop, "subtract", lambda *given: next(calls)(*given))
    with pytest.raises(StopIteration):
        network.backward(XOR, TARGETS, 0.5)
    assert parameters(network) == [W1[1], b1[1], W2[0], b2[0]]

def test_saved_by_json_or_copied_it_is_the_same_network():
    network = new()
    quietly(network, XOR, TARGETS, 30, 0.5)
    twins = [new(**json.loads(json.dumps(saved(network)))), copy.copy(network), network]
    losses = [quietly(twin, XOR, TARGETS, 5, 0.5) for twin in twins]
    assert losses == [losses[0]] * 3

# --- What to change --------------------------------------------------------
CROSS_ENTROPY = "def E(A2, y):\n    ln = lambda p: %s\n    %s\n\ndef backpropagate(" % (
    re.search(r"math.log\(max.*?\)\)", SOURCE).group(), re.search(
        r"return total\(\[-t.*\n.*\]\)", SOURCE).group().replace("#", ""))
TANH = re.findall(r"^#     (?:A1|dE_dZ1) = (.*)", SOURCE, re.M)
OUTPUT_DELTA = "multiply(dE_dA2, apply(sigmoid_derivative, A2))"
LOOP = re.search(r" {8}for n, row in enumerate\(y\):\n(?: {12,}.*\n)+", SOURCE).group()

@pytest.mark.parametrize("changes", [
    [("A1 = apply(sigmoid, Z1)  ", "A1 = %s  " % TANH[0]),
     ("multiply(dE_dA1, apply(sigmoid_derivative, A1))", TANH[1])],
    [("A2 = apply(sigmoid, Z2)", "A2 = Z2"), (OUTPUT_DELTA, "dE_dA2"), (LOOP, "")],
    [("def backpropagate(", CROSS_ENTROPY), (OUTPUT_DELTA, "subtract(A2, y)"),
     ("2 * E(self", "E(self")],
], ids=["tanh in the hidden layer", "outputs of any size", "cross-entropy"])
def test_what_to_change_passes_the_gradient_check_and_learns(changes):
    changed = variant(*changes)
    network = changed["NeuralNetwork"](3, 4, 2, seed=1)
    X, y = [[1, 0, 2], [0, 1, -1], [2, 1, 0]], [[1, 0], [0, 1], [0.5, 0]]
    assert changed["gradient_check"](network, X, y) < 1e-6
    losses = quietly(network, X, y, 300, 0.1)
    assert losses[-1][1] < losses[0][1]

def test_cross_entropy_is_as_large_as_the_file_says_and_finite_when_saturated():
    y, A2, entropy, half_square = map(float, re.search(
        r"for y = (\S+),\n#     A2 = (\S+), it is (\S+), not (\S+)\.", SOURCE).groups())
    changed = variant(("def backpropagate(", CROSS_ENTROPY))
    assert round(changed["E"]([[A2]], [[y]]), 1) == entropy
    assert round(backprop.E([[A2]], [[y]]), 2) == half_square
    assert math.isfinite(changed["E"]([[0.0, 1.0]], [[1, 1]]))

@pytest.mark.parametrize("seed", range(5))
def test_the_lines_of_a_second_hidden_layer(seed):
    network, X, y = random_case(seed)
    W0, b0, *_ = parameters(NeuralNetwork(3, len(X[0]), 1, seed=seed))
    X = [[n + 1.0, -n, 0.5] for n in range(len(X))]
    told = SOURCE[SOURCE.index("# For a second hidden layer"):]
    Z0, A0, Z1, *back = re.findall("^#         (.*)", told, re.M)
    names = dict(vars(backprop), X=X, W0=W0, b0=b0)
    exec(Z0 + "\n" + A0, names)
    names.update(quantities(names["A0"], y, *parameters(network)), X=X)
    exec("\n".join(back), names)
    for place, name in enumerate("dE_dW0 dE_db0 dE_dW1".split()):
        assert are_slopes(names[name], [W0, b0, *parameters(network)], place, X, y)

# --- The gradient check ----------------------------------------------------
def scaled(network, place, factor):
    """Let a network return one of its gradients multiplied, with no change else."""
    def gradients(X, y):
        found = list(type(network).gradients(network, X, y))
        found[place] = [[factor * slope for slope in row] for row in found[place]]
        return found
    network.gradients = gradients
    return network

@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_gradient_check_tells_right_from_wrong_at_any_scale(scale):
    network, X, y = random_case(8)
    X, network.weights_input_hidden = [apply(lambda x: factor * x, matrix) for (
        factor, matrix) in ((scale, X), (1 / scale, network.weights_input_hidden))]
    assert gradient_check(network, X, y) < 1e-3
    for place in range(4):
        twice = gradient_check(scaled(network, place, 2), X, y)
        assert twice == pytest.approx(1 / 3, abs=0.1)
        assert gradient_check(scaled(network, place, -1), X, y) > 0.9

def test_gradient_check_passes_right_slopes_too_small_to_be_measured_not_wrong_ones():
    stuck, zeros = NeuralNetwork(2, 5, 1, 1), [[[0] * 4], [[0] * 3] * 4, [[0] * 3]]
    quietly(stuck, *circle(), 500, 20)
    assert gradient_check(stuck, *circle()) < 0.01
    network, y = build([[0] * 4] * 2, *zeros), [t * 3 for t in TARGETS]
    assert gradient_check(network, XOR, y, s=0.01) < 0.01
    network.gradients = lambda X, y: [[[1e-4] * 4] * 2, *zeros]  # as large as the term
    assert gradient_check(network, XOR, y, s=0.01) == pytest.approx(0.485, abs=1e-3)

def test_gradient_check_changes_no_matrix_even_if_it_is_stopped(monkeypatch):
    network, X, y = random_case(7)
    network.gradients(X, y)
    network.backward = network.train = None  # these it does not see
    kept, before = dict(vars(network)), copy.deepcopy(vars(network))
    assert gradient_check(network, iter(X), iter(y)) < 1e-8
    assert vars(network) == before
    assert all(getattr(network, name) is kept[name] for name in NAMES)
    monkeypatch.setattr(backprop, "forward", lambda *arguments: (
        forward(*arguments) if list(arguments[1:]) == parameters(network) else 1 / 0))
    with pytest.raises(ZeroDivisionError):
        gradient_check(network, X, y)
    assert vars(network) == before

@pytest.mark.parametrize("bias, gradients, message", [
    (0, [[[0]] * 2] * 4, "gradients.0..0. must have 4 numbers, got 1"),
    (0, ZEROS[:3], "gradients must be 4, got 3"),
    (0, ZEROS + ZEROS, "gradients must be 4, got 8"),
    (0, [[[NAN] * 4] * 2] * 4, "gradients.0..0, 0. must be a finite number"),
    (0, [[[1e160] * 4] * 2, *ZEROS[1:]], "result must be a finite number, got nan"),
    (NAN, ZEROS, "result must be a finite number, got nan")])
def test_gradient_check_refuses_slopes_that_do_not_fit(bias, gradients, message):
    network = new()
    network.bias_output, network.gradients = [[bias]], lambda X, y: gradients
    with pytest.raises(ValueError, match=message):
        gradient_check(network, XOR, TARGETS)

class Single(float):
    """A number that is rounded to 32 bits after every operation."""
    def __new__(cls, value):
        return float.__new__(cls, array.array("f", [value])[0])

for name in "add radd sub rsub mul rmul truediv rtruediv neg".split():
    setattr(Single, "__%s__" % name, lambda *numbers, name=name: Single(
        getattr(float, "__%s__" % name)(*map(float, numbers))))

def test_with_floats_of_32_bits():
    def exp(x):
        assert x < 88.72  # above, boards raise an error
        return Single(math.exp(x))
    board = variant(("import math\n", "math = float = None\n"))
    board.update(float=Single, math=SimpleNamespace(
        exp=exp, sqrt=lambda x: Single(math.sqrt(x)), isfinite=math.isfinite))
    check, s = board["gradient_check"], Single(0.01)
    for seed in range(10):
        network, X, y = random_case(seed)
        single = build(*parameters(network), kind=board["NeuralNetwork"])
        A2 = numbers(single.feedforward(X))
        assert A2 == pytest.approx(numbers(network.feedforward(X)), rel=1e-5)
        assert {type(a) for a in A2} == {Single}
        assert check(single, X, y, s=s) < 0.01 < check(single, X, y)
        assert check(scaled(single, seed % 4, 2), X, y, s=s) > 0.25
        del single.gradients
    assert len(quietly(single, X, y, 2, 0.5)) == 2
    assert all(0 <= board["sigmoid"](Single(z)) <= 1 for z in range(-1000, 1001))
    assert run_example(gradient_check, board)[1] == 0

# --- The examples of the file betray a wrong port --------------------------
PORT = """
A1 = [f(b1[j] + sum(X[n * D + i] * W1[i * H + j] for i in range(D)))
      for n in range(N) for j in range(H)]
A2 = [f(b2[k] + sum(A1[n * H + j] * W2[j * K + k] for j in range(H)))
      for n in range(N) for k in range(K)]
dW1, db1, dW2, db2 = [0.0] * D * H, [0.0] * H, [0.0] * H * K, [0.0] * K
for n in range(N):
    dZ2 = [(A2[n * K + k] - y[n * K + k]) * slope(A2[n * K + k]) for k in range(K)]
    for k in range(K):
        db2[k] += dZ2[k]
    for j in range(H):
        for k in range(K):
            dW2[j * K + k] += A1[n * H + j] * dZ2[k]
        dA1 = sum(dZ2[k] * W2[j * K + k] for k in range(K))
        dZ1 = dA1 * slope(A1[n * H + j])
        db1[j] += dZ1
        for i in range(D):
            dW1[i * H + j] += X[n * D + i] * dZ1
"""

def test_of_ports_with_one_bound_or_stride_replaced_none_gives_the_checked_numbers():
    example, _ = run_example(gradient_check, vars(backprop))
    X, y, network = (example.globs[name] for name in ("X", "y", "network"))
    sizes = len(X), len(X[0]), network.hidden_size, len(y[0])
    names = dict(zip("NDHK", sizes), f=sigmoid, slope=sigmoid_derivative)
    flat = map(numbers, [X, y, *parameters(network)])
    names.update(zip("X y W1 b1 W2 b2".split(), flat))
    ports, passing = [PORT], []
    for place in re.finditer(r"(?<=range\()[NDHK]|(?<=\* )[DHK](?= \+)", PORT):
        ports += [PORT[:place.start()] + other + PORT[place.end():]
                  for other in "NDHK".replace(place.group(), "")]
    for port in ports:
        with contextlib.suppress(IndexError):
            exec(port + "found = dW1[-H:] + db1 + dW2[-K:] + db2", names)
            if [round(1e4 * slope) for slope in names["found"]] == eval(
                    example.examples[5].want):
                passing.append(port)
    assert len(ports) == 79 and len(set(sizes)) == 4 and passing == [PORT]

@pytest.mark.parametrize("slip", [
    ("transpose(W2)", "W2"), ("transpose(A1)", "A1"),
    ("dot(transpose(X), dE_dZ1)", "dot(transpose(X[-1:]), dE_dZ1[-1:])"),
    ("sum_rows(dE_dZ2)", "dE_dZ2[-1:]"), ("subtract(A2, y)  #", "subtract(y, A2)  #"),
    ("multiply(dE_dA1, apply(sigmoid_derivative, A1))", "dE_dA1"),
    ("return a * (1.0 - a)", "return a * a")])
def test_a_slip_fails_an_example(slip):
    assert run_example(gradient_check, variant(slip))[1] > 0

# --- The first weights -----------------------------------------------------
@pytest.mark.parametrize("v1, v2, v3", [(0.5, -0.3, 0.7), (0.0, 0.0, 0.0)])
def test_neurons_equal_in_and_out_stay_equal_and_do_not_learn_xor(v1, v2, v3):
    network = build([[v1] * 4, [v2] * 4], [[0] * 4], [[v3]] * 4, [[0]])
    quietly(network, XOR, TARGETS, 200, 1.0)
    W1, b1, W2, b2 = parameters(network)
    assert all(len(set(row)) == 1 for row in W1 + b1 + [numbers(W2)])
    assert network.loss(XOR, TARGETS) > 0.2
    network = build([[0.5] * 4, [-0.3] * 4], [[0] * 4], [[1], [2], [3], [4]], [[0]])
    network.backward(XOR, TARGETS, 1.0)
    assert len(set(network.weights_input_hidden[0])) == 4  # in alone is not enough

def start(**seed):
    """Return the first parameters of a network."""
    return parameters(NeuralNetwork(3, 4, 2, **seed))

def test_the_seed_decides_the_start_as_it_always_did():
    assert len({repr(start(seed=seed)) for seed in range(50)}) == 50
    assert start() != start() != start(seed=0) != start(seed=None)
    source = random.Random(8)
    draws = [math.sqrt(-2 * math.log(1 - source.random()))
             * math.cos(2 * math.pi * source.random()) for _ in range(20)]
    before, (W1, b1, W2, b2) = random.getstate(), start(seed=8)
    assert random.getstate() == before
    assert numbers([W1, W2]) == draws and set(numbers([b1, b2])) == {0.0}
    assert numbers(start(seed=8, weights_input_hidden=W1)[2]) == draws[:8]
    assert start(seed=8, weights_hidden_output=W2) == [W1, b1, W2, b2]
    random.seed(8)
    assert start() == [W1, b1, W2, b2]

def test_a_python_without_random_trains_given_weights(monkeypatch):
    monkeypatch.setitem(sys.modules, "random", None)
    quietly(build([[1]], [[0]], [[1]], [[0]]), [[1]], [[1]], 2, 0.5)
    with pytest.raises(ImportError):
        NeuralNetwork(1, 1, 1)

# --- What is refused, and what is taken ------------------------------------
def Array(rows):
    """Return rows in an array, which gives them away by tolist."""
    return SimpleNamespace(tolist=lambda: rows, __array__=None)

def DataFrame(rows):
    """Return rows in a data frame, which gives them away by __array__ alone."""
    return SimpleNamespace(__array__=lambda: Array(rows))

KINDS = [tuple, Array, DataFrame, iter, lambda rows: list(map(tuple, rows)),
         lambda rows: list(map(Array, rows)),
         lambda rows: [array.array("d", row) for row in rows]]
KINDS += [numpy.array, lambda rows: list(numpy.array(rows)),
          lambda rows: numpy.array(rows, dtype=object)] if numpy else []

@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("X", [XOR, [[0.1, -2.5], [1e-320, 3], [7, 1 / 3], [0, 9e18]]])
def test_rows_of_any_kind_give_the_same_digits(X, kind):
    def results(kind):
        network = NeuralNetwork(
            2, 3, 1, weights_input_hidden=kind([[1, -2, 0.5], [0.25, 1, -1]]),
            weights_hidden_output=kind([[0.5], [2], [-1]]))
        return [network.feedforward(kind(X)), network.loss(kind(X), kind(TARGETS)),
                network.backward(kind(X), kind(TARGETS), 0.5),
                quietly(network, kind(X), kind(TARGETS), 2, 0.5), vars(network)]
    assert repr(results(kind)) == repr(results(list))  # types and last digits too

@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames(library):
    frame = pytest.importorskip(library).DataFrame({"a": [0, 1], "b": [0.5, 2.0]})
    assert new().feedforward(frame) == new().feedforward([[0, 0.5], [1, 2.0]])

def test_numbers_of_other_kinds_are_taken_for_what_they_are():
    network = new()
    half = [[Fraction(1, 2), Decimal("0.5")], [True, False]]
    assert network.feedforward(half) == network.feedforward([[0.5, 0.5], [1, 0]])
    network.backward(XOR, [[False], [True], [True], [False]], Fraction(1, 2))
    if numpy is not None:
        network = NeuralNetwork(*numpy.array([2, 4, 1]), seed=numpy.int64(1))
        assert parameters(network) == parameters(new())
        quietly(network, XOR, TARGETS, numpy.int32(3), numpy.float32(0.5))

def test_extreme_weights_and_rates_are_no_errors():
    network = build([[1e308, -1e308]] * 2, [[0, 0]], [[1e308], [-1e308]], [[0]])
    assert network.feedforward(XOR) == [[0.5], [1.0], [1.0], [1.0]]
    network = new()
    for learning_rate in 1e300, 5e-324:
        quietly(network, XOR, TARGETS, 1, learning_rate)
        assert all(map(math.isfinite, numbers(parameters(network))))

# Every argument that takes rows, and a call that gives it; R stands for rows.
ROWS = [("X", call) for call in (
    "n.feedforward(R)", "n.gradients(R, Y)", "n.backward(R, Y, 0.1)", "n.loss(R, Y)",
    "n.train(R, Y, 5, 0.1)", "gradient_check(n, R, Y)")]
ROWS += [("y", call.replace("(R, Y", "(X, R").replace("n, R, Y", "n, X, R"))
         for _, call in ROWS[1:]]
ROWS += [(name, "new(%s=R)" % name) for name in NAMES]
# What is put there, made from good rows, and how the message begins.
BAD_ROWS = [(bad, "TypeError: {} must have rows, as [[1, 2]], got ") for bad in (
    "7", "'01'", "b'01'", "LONG", "Array(0.5)", "{0: rows[0]}", "{tuple(rows[0])}",
    "rows[0]", "[b'01'] * len(rows)", "[{0: 1, 1: 0}] * len(rows)", "[]",
    "[Array(0.5)] * len(rows)")]
BAD_ROWS += [("[row + [0] for row in rows]", "ValueError: {}[0] must have {m}"),
             ("[iter(row[1:]) for row in rows]", "ValueError: {}[0] must have {m}")]
BAD_ROWS += [("[row[:-1] + [%s] for row in rows]" % bad,
              kind + ": {}[0, {end}] must be a finite number, got ")
             for kind, bads in (("TypeError", ("None", "'0'", "LONG", "[0.0]")), (
                 "ValueError", ("NAN", "-INF", "HUGE", "Decimal('nan')",
                                "Decimal('snan')"))) for bad in bads]
# Every argument that is one number, then what is put there.
POSITIVE = [("learning_rate", "n.%s, R)" % call) for call in (
    "backward(X, Y", "train(X, Y, 5")] + [("s", "gradient_check(n, X, Y, R)")]
NOT_POSITIVE = [(bad, "ValueError: {} must be above 0, got " + got) for bad, got in (
    ("0", "0.0"), ("-0.5", "-0.5"), ("Fraction(1, HUGE)", "0.0"))]
NOT_POSITIVE += [("NAN", "ValueError: {} must be a finite number, got nan"),
                 ("'0.1'", "TypeError: {} must be a finite number, got '0.1'")]
FROM_0 = [("epochs", "n.train(X, Y, R, 0.1)"), ("seed", "new(R)")]
FROM_1 = [("report_every", "n.train(X, Y, 5, 0.1, R)")]
FROM_1 += [(name + "_size", "NeuralNetwork(%s)" % sizes) for name, sizes in (
    ("input", "R, 4, 1"), ("hidden", "2, R, 1"), ("output", "2, 4, R"))]
NOT_WHOLE = [(bad, kind + ": {} must be an int, at least ") for kind, bads in (
    ("ValueError", ("-1", "-HUGE", "True", "0.1", "Array(4.0)")),
    ("TypeError", ("'2'", "[4]"))) for bad in bads]
REFUSED = [line.split("  # ") for line in """
n.gradients(X, Y[:3])  # ValueError: y must have 4 rows, got 3
n.gradients([[0, 0], [0, NAN]], Y)  # ValueError: X[1, 1] must be a finite number, got
n.backward(X, [[0], [1], [1], [-1]], 0.1)  # ValueError: y[3] RANGE (-1.0,)
n.train(X, [[0], [1], [1.001], [0]], 5, 1)  # ValueError: y[2] RANGE (1.001,)
NeuralNetwork(1, 1, 2).gradients([[0]], [[1, -1]])  # ValueError: y[0] RANGE (1.0, -1.0)
NeuralNetwork(1, 1, 40).gradients([[0]], [[2] * 40])  # ValueError: y[0] RANGE (2.0, 2.
""".strip().splitlines()]

@pytest.mark.parametrize("call, start, name, bad", [
    (call, start, name, bad) for places, bads in (
        (ROWS, BAD_ROWS), (POSITIVE, NOT_POSITIVE), (FROM_0 + FROM_1, NOT_WHOLE),
        (ROWS[6:], [("iter(rows * 2)", "ValueError: {} must have {n} rows, got ")]),
        (FROM_1, [("0", "ValueError: {} must be an int, at least 1, got 0")]))
    for name, call in places for bad, start in bads] + [
        (call, start.replace("RANGE", "must be from 0 to 1, got"), "X", "None")
        for call, start in REFUSED])
def test_refused_with_a_message_before_any_change(call, start, name, bad, capsys):
    n, X, Y = new(), copy.deepcopy(XOR), copy.deepcopy(TARGETS)
    n.feedforward(X[:2])
    rows = {"X": X, "y": Y, **saved(n)}.get(name, X)
    before, width = copy.deepcopy(vars(n)), len(rows[0])
    names = dict(globals(), n=n, X=X, Y=Y, rows=rows, LONG="0,1\n" * 10 ** 5)
    names["R"] = eval(bad, names)
    with pytest.raises((TypeError, ValueError)) as error:
        eval(call, names)
    message, cure = "%s: %s" % (error.type.__name__, error.value), ": write (target"
    assert message.startswith(start.format(name, n=len(rows), m=width, end=width - 1))
    assert ("from 0 to 1" in start) == (cure in message) and len(message) < 150
    assert capsys.readouterr().out == "" and not message.endswith("got ")
    assert (vars(n), X, Y) == (before, XOR, TARGETS)

# --- Other Pythons, memory, types ------------------------------------------
def test_what_some_pythons_and_compilers_lack_is_not_in_the_file():
    for text in ("math.inf", "1e300", "from None", "list[tuple", "!r}", "{name for",
                 "yield", "import typing", "Optional["):
        assert text not in SOURCE, text

def test_micropython_draws_learns_checks_and_refuses_bad_input():
    assert run(find("micropython"), "-c", """
from backprop import NeuralNetwork, gradient_check
X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
network, twin = NeuralNetwork(2, 4, 1, seed=1), NeuralNetwork(2, 4, 1, seed=1)
print(network.feedforward(X) == twin.feedforward(X))
network.train(X, y, 1000, 2.0, verbose=False)
print([round(row[0]) for row in network.feedforward(X)])
print(gradient_check(network, X, y, 1e-5 if 1 + 2 ** -40 > 1 else 0.01) < 0.01)
try:
    network.feedforward([["0", 1]])
except TypeError as error:
    print(error)
""") == "True\n[0, 1, 1, 0]\nTrue\nX[0, 0] must be a finite number, got '0'\n"

def test_micropython_runs_in_the_heap_that_the_readme_names():
    kilobytes = re.search(r"(\d+) KB\s+on\s+64\s+bits", README).group(1)
    assert "Predictions" in run(
        find("micropython"), "-X", "heapsize=%sk" % kilobytes, "backprop.py")

TYPED = '''
from backprop import NeuralNetwork, backpropagate, forward, gradient_check
network = NeuralNetwork(2, 4, 1, seed=1, bias_hidden=[(0, 0, 0, 0)])
X, y = [[0, 0], [0, 1]], [(0.0,), (1.0,)]
last: float = network.train(X, y, 10, 0.5, verbose=False)[-1][1] + network.loss(X, y)
rows: "list[list[float]]" = network.feedforward(X)
network.weights_input_hidden = [[1, 2, 3, 4], [5, 6, 7, 8]]
Z1, A1, Z2, A2 = forward(X, [[1, 2], [3, 4]], [[0, 0]], [[5], [6]], [[0]])
sums: "list[list[float]]" = backpropagate(X, y, A1, A2, [[5], [6]])[0]
'''
MISTYPED = """network.feedforward(1); network.feedforward('01'); network.predict(X)
NeuralNetwork(2, 4); NeuralNetwork('2', 4, 1); NeuralNetwork(2, 4, 1, seed='a')
NeuralNetwork(2, 4, 1, bias_hidden=0.0); network.train(X, y, 10, '0.1')
network.bias_output = 0.0; gradient_check(1, X, y)""".replace("\n", "; ").split("; ")

def test_a_typed_program_sees_no_error_in_it_and_all_of_its_own(tmp_path):
    pytest.importorskip("mypy", reason="mypy is not here; nothing is wrong")
    (tmp_path / "client.py").write_text(TYPED + "\n".join(MISTYPED) + "\n")
    told = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull,
         str(tmp_path / "client.py")], cwd=HERE, stdout=subprocess.PIPE,
        env=dict(os.environ, MYPYPATH=HERE)).stdout.decode()
    assert set(re.findall(r"(\w+\.py):(\d+): error", told)) == {
        ("client.py", str(TYPED.count("\n") + 1 + n)) for n in range(len(MISTYPED))}

# --- The documentation -----------------------------------------------------
def test_the_file_tells_how_long_it_is_where_the_lesson_ends_and_what_it_prints():
    lines, number = SOURCE.splitlines(), r"\d\.\d{8,}"
    last = int(re.search(r"Lines 1 to (\d+) are the lesson", SOURCE).group(1))
    assert lines[last + 1].startswith("# === The lesson ends here") and lines[last - 1]
    assert len(lines) <= 540 and max(map(len, lines)) <= 88
    assert "Of its %d lines, lines 1 to %d are the lesson" % (
        len(lines), last) in README.replace("\n", " ")
    assert re.findall(number, NOTEBOOK) == re.findall(
        number, SOURCE[SOURCE.index("# It prints"):])

def test_the_lines_that_the_readme_shows_hold():
    shown, divided, classes, checked = re.findall(r"```py\n(.*?)```", README, re.S)
    assert shown.splitlines() == re.findall(
        r"^    (dE_\w+ = .*?)(?:  #.*)?$", SOURCE, re.M)
    network = build([[8.0]] * 64, [[0]], [[1]], [[0]])
    exec(divided, {"network": network})
    assert network.weights_input_hidden == [[1.0]] * 64
    names = dict(vars(backprop), X=[[-2], [-1], [0], [0], [1], [2]], labels="aabbcc")
    exec(classes + checked, names)
    assert "".join(names["answers"]) == names["labels"]
    with pytest.raises(AssertionError):
        names["NeuralNetwork"] = lambda *sizes: scaled(NeuralNetwork(*sizes), 3, 1.001)
        exec(checked, names)

PROGRAMS = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", README, re.S)

@pytest.mark.parametrize("program, output", PROGRAMS, ids=range(len(PROGRAMS)))
def test_each_program_of_the_readme_prints_what_stands_below(program, output, tmp_path):
    shutil.copy(os.path.join(HERE, "backprop.py"), str(tmp_path))
    assert run(sys.executable, "-c", program, folder=tmp_path) == output
    assert len(PROGRAMS) == 3

def test_micropython_predicts_with_what_the_readmes_program_saved(tmp_path):
    program, output = PROGRAMS[0]
    shutil.copy(os.path.join(HERE, "backprop.py"), str(tmp_path))
    run(sys.executable, "-c", program, folder=tmp_path)
    functions = program[:program.index("# A file")].replace("import random\n", "")
    (tmp_path / "main.py").write_text(functions + "\n".join(program.split("\n")[-4:]))
    assert run(find("micropython"), "main.py", folder=tmp_path) == (
        output.splitlines()[-1] + "\n")

def test_a_stuck_network_stays_stuck_and_others_learn():
    stuck, fresh, wide = (NeuralNetwork(2, hidden, 1, 1) for hidden in (5, 5, 50))
    quietly(stuck, *circle(), 200, 5)
    assert quietly(stuck, *circle(), 400, 10 / 49)[-1][1] > 0.26
    assert quietly(fresh, *circle(), 400, 10 / 49)[-1][1] < 0.06
    assert quietly(wide, *circle(), 500, 5 / 49)[-1][1] < 0.1  # it sticks at 10 / 49

@pytest.mark.parametrize("inputs", [30, 64])
def test_most_outputs_saturate_unless_the_start_is_divided_by_the_root(inputs):
    source = random.Random(5)  # of scaled rows, as the README's program has them
    X = [[source.gauss(0, 1) for _ in range(inputs)] for _ in range(50)]
    W1, shares = NeuralNetwork(inputs, 50, 1, seed=1).weights_input_hidden, []
    for weights in W1, apply(lambda w: w / inputs ** 0.5, W1):
        A1 = numbers(apply(sigmoid, dot(X, weights)))
        shares.append(sum(not 0.05 < a < 0.95 for a in A1) / len(A1))
    assert shares[0] > 0.5 and shares[1] < 0.02

def test_an_epoch_of_a_thousand_weights_and_rows_takes_less_than_two_seconds():
    network, start = NeuralNetwork(18, 50, 1, seed=1), time.perf_counter()
    network.backward([[0.5] * 18] * 1000, [[1]] * 1000, 0.01)
    assert time.perf_counter() - start < 2

def test_ci_runs_the_readmes_commands_word_for_word():
    if not os.path.exists(os.path.join(HERE, ".ci", "run")):
        pytest.skip("the hidden files are not here; nothing is wrong")
    run_it, tests = re.findall(r"```sh\n(.*?)```", README, re.S)
    assert run_it in read(".ci", "run") and tests in read(".ci", "run")
