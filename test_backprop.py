"""What backprop.py claims, each claim settled by a computation.

The order is that of the module: the printed run, the sigmoid, the forward
pass, the gradients (published, measured, exact), the laws of training, then
what may go in and what is refused, and the documentation.
"""

import ast
import cmath
import copy
import glob
import itertools
import math
import os
import random
import re
import shutil
import subprocess
import sys

import pytest

import backprop
from backprop import (
    PARAMETERS, NeuralNetwork, backpropagate, descend, forward, gradient_check,
    half_squared_error, layer_output, sigmoid, sigmoid_derivative, standard_normal)

try:
    import numpy
except ImportError:
    numpy = None

HERE = os.path.dirname(os.path.abspath(__file__))
XOR = [[0, 0], [0, 1], [1, 0], [1, 1]]
TARGETS = [[0], [1], [1], [0]]
NAN, INF = float("nan"), float("inf")

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


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


def parameters(network):
    """Return copies of the four parameters, in the order of PARAMETERS."""
    return [copy.deepcopy(getattr(network, name)) for name in PARAMETERS]


def state(network):
    return copy.deepcopy(vars(network))


def build(W1, b1, W2, b2):
    """Return the network that has these parameters."""
    network = NeuralNetwork(
        len(W1), len(W2), len(W2[0]), weights_input_hidden=W1, weights_hidden_output=W2)
    network.bias_hidden, network.bias_output = b1, b2
    return network


def error(network, X, y):
    """Return E, from a forward pass of its own."""
    return half_squared_error(forward(X, *parameters(network))[1], y)


def entries(matrices):
    """Return the numbers of some matrices, one after another."""
    return [number for matrix in matrices for row in matrix for number in row]


def gradients(network, X, y):
    network.feedforward(X)
    return network.gradients(X, y)


def random_case(seed):
    """Return a network and data of random shape, 1 to 7 of everything."""
    source = random.Random(seed)
    samples, inputs, hidden, outputs = (source.randint(1, 7) for _ in range(4))
    if seed < 4:  # and each of them 1 at least once
        samples, inputs, hidden, outputs = (
            1 if n == seed else 5 for n in range(4))
    network = NeuralNetwork(inputs, hidden, outputs, seed=seed)
    network.bias_hidden = [[source.uniform(-1, 1) for _ in range(hidden)]]
    network.bias_output = [[source.uniform(-1, 1) for _ in range(outputs)]]
    X = [[source.uniform(-2, 2) for _ in range(inputs)] for _ in range(samples)]
    y = [[source.random() for _ in range(outputs)] for _ in range(samples)]
    return network, X, y


# --- The printed run -------------------------------------------------------

PROBE = "import math; print([math.exp(x) for x in (-7.3, -1.1, 0.37, 2.9, 11.7)])"
ROUNDED = ("[0.0006755387751938444, 0.33287108369807955, 1.4477346146633245, "
           "18.17414536944306, 120571.71498645052]")  # correctly, as by most libraries


def run(*command):
    """Return what a command prints, started in the folder of the module."""
    done = subprocess.run(
        command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    text = done.stdout.decode().replace(os.linesep, "\n")
    assert done.returncode == 0, text
    return text


def agrees(text, exactly):
    """Tell whether text is the notebook's: to the character, or to 1e-9."""
    if exactly:
        return text == NOTEBOOK
    number = r"\d+\.\d+"
    pairs = zip(re.findall(number, text), re.findall(number, NOTEBOOK))
    return re.sub(number, "", text) == re.sub(number, "", NOTEBOOK) and all(
        math.isclose(float(got), float(wanted), rel_tol=1e-9) for got, wanted in pairs)


@pytest.mark.parametrize("wrong, exactly, agreed", [
    ("0.2639659691915888", True, True),
    ("0.2639659691915889", True, False),
    ("0.2639659691915889", False, True),
    ("0.2639659701915888", False, False),
    ("0.26396596", False, False),
    ("loss", False, False),
])
def test_the_comparison_tells_right_from_wrong(wrong, exactly, agreed):
    assert agrees(NOTEBOOK.replace("0.2639659691915888", wrong), exactly) is agreed


def prints_the_notebook(*python):
    exactly = run(*python, "-c", PROBE).strip() == ROUNDED
    return agrees(run(*python, "backprop.py"), exactly)


def test_prints_what_the_notebook_printed():
    assert prints_the_notebook(sys.executable)


def find(interpreter):
    """Return where an interpreter is, under pyenv or on the PATH, or None."""
    root = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    folders = sorted(glob.glob(os.path.join(root, "versions", "*", "bin")))
    return shutil.which(interpreter, path=os.pathsep.join(folders + [os.environ["PATH"]]))


INTERPRETERS = ["python3.%d" % minor for minor in range(6, 14)] + ["pypy3", "micropython"]


@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_prints_the_same_on_every_python(interpreter):
    path = find(interpreter)
    if path is None:
        pytest.skip(interpreter + " is not here")
    assert prints_the_notebook(path)


def test_micropython_draws_weights_and_refuses_bad_input():
    path = find("micropython")
    if path is None:
        pytest.skip("micropython is not here")
    printed = run(path, "-c", """
import random
random.seed(1)
from backprop import NeuralNetwork
network = NeuralNetwork(2, 4, 1)
X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
losses = network.train(X, y, 1000, 2.0, quiet=True)
print([round(row[0]) for row in network.feedforward(X)])
for bad in None, [["0", 1]], [[0]]:
    try:
        network.feedforward(bad)
    except (TypeError, ValueError) as error:
        print(error)
""")
    assert printed == """\
[0, 1, 1, 0]
X must be a list or array, got None
X[0][0] must be a number, got '0'
X[0] needs length 2, got 1
"""


def test_the_run_needs_no_module_but_math():
    script = ("import builtins, runpy; load = builtins.__import__\n"
              "def only_math(name, *rest):\n"
              "    assert name == 'math', name\n"
              "    return load(name, *rest)\n"
              "code = compile(open('backprop.py').read(), 'backprop.py', 'exec')\n"
              "builtins.__import__ = only_math\n"
              "exec(code, {'__name__': '__main__'})")
    assert run(sys.executable, "-c", script) == run(sys.executable, "backprop.py")


# --- The sigmoid -----------------------------------------------------------

@pytest.mark.parametrize("x, output", [
    (0.0, 0.5), (-1e6, 0.0), (1e6, 1.0), (-INF, 0.0), (INF, 1.0), (-709.0, 1.216780750623423e-308)])
def test_sigmoid_at_its_ends(x, output):
    assert sigmoid(x) == pytest.approx(output, rel=1e-12, abs=0)


@pytest.mark.parametrize("x", [-708.6, -708.3, -37.1, -2.7, -1e-9, 0.3, 5.2, 40.0, 708.6])
def test_sigmoid_is_the_plain_formula_wherever_that_does_not_overflow(x):
    assert sigmoid(x) == 1 / (1 + math.exp(-x))


@pytest.mark.parametrize("x", [-709.1, -709.9, -720.0, -745.0])
def test_sigmoid_is_the_exponential_where_the_plain_formula_overflows(x):
    assert sigmoid(x) == math.exp(x) > 0


@pytest.mark.parametrize("x", [-30.0, -3.0, -0.5, 0.0, 0.5, 3.0])
def test_sigmoid_derivative_is_the_slope_given_the_output(x):
    step = 1e-200j
    exact = (1 / (1 + cmath.exp(-(x + step)))).imag / 1e-200
    assert sigmoid_derivative(sigmoid(x)) == pytest.approx(exact, rel=1e-13)


def test_sigmoid_derivative_is_largest_at_one_half():
    slopes = [sigmoid_derivative(n / 1000) for n in range(1001)]
    assert max(slopes) == slopes[500] == 0.25 and slopes[0] == slopes[1000] == 0.0


# --- Forward ---------------------------------------------------------------

def plain_forward(W1, b1, W2, b2, X):
    """Return the outputs, of real or complex numbers, by definition."""
    def layer(rows, weights, bias):
        return [[1 / (1 + cmath.exp(-sum(map(lambda a, w: a * w, row, column), b)))
                 for column, b in zip(zip(*weights), bias[0])] for row in rows]

    hidden = layer(X, W1, b1)
    return hidden, layer(hidden, W2, b2)


@pytest.mark.parametrize("seed", range(10))
def test_forward_pass_is_its_definition(seed):
    network, X, y = random_case(seed)
    network.feedforward(X)
    for got, wanted in zip(
            (network.hidden_output, network.predicted_output),
            plain_forward(*parameters(network), X)):
        assert [len(row) for row in got] == [len(row) for row in wanted]
        assert entries([got]) == pytest.approx([a.real for a in entries([wanted])], rel=1e-13)


def test_the_bias_is_added_last():  # or the last digits would differ
    x, w, b = [0.1, 0.2, 0.3], [[0.7], [0.11], [0.13]], 0.17
    z = ((0.0 + 0.1 * 0.7) + 0.2 * 0.11) + 0.3 * 0.13
    assert z + b != ((b + 0.1 * 0.7) + 0.2 * 0.11) + 0.3 * 0.13
    assert layer_output([x], w, [[b]]) == [[sigmoid(z + b)]]


def test_no_single_neuron_does_xor_and_two_layers_without_f_are_one():
    grid = [n / 4 for n in range(-20, 21)]
    for v1, v2, b in itertools.product(grid, repeat=3):
        outputs = [row[0] > 0.5 for row in layer_output(XOR, [[v1], [v2]], [[b]])]
        assert outputs != [False, True, True, False]
    network, X, y = random_case(5)
    W1, _, W2, _ = parameters(network)

    def product(A, B):
        return [[sum(a * b for a, b in zip(row, column)) for column in zip(*B)] for row in A]

    assert entries([product(product(X, W1), W2)]) == pytest.approx(
        entries([product(X, product(W1, W2))]))


def test_half_squared_error_and_its_slope():
    A2, y = [[0.5, 1.0], [0.0, 0.25]], [[1.0, 1.0], [2.0, 0.0]]
    assert half_squared_error(A2, y) == (0.25 + 0.0 + 4.0 + 0.0625) / 2
    above, below = half_squared_error([[0.5001]], [[2.0]]), half_squared_error([[0.4999]], [[2.0]])
    assert (above - below) / 0.0002 == pytest.approx(0.5 - 2.0)


# --- Published examples ----------------------------------------------------

def rounds_to(values, published):
    """Tell whether the values, rounded as far as the published ones, equal them."""
    published = published.split()
    return len(published) == len(values) and all(
        round(value, len(text.split(".")[1])) == float(text)
        for value, text in zip(values, published))


def test_mazur():
    """Mazur, A Step by Step Backpropagation Example, 2015; biases held fixed there."""
    X, y = [[0.05, 0.1]], [[0.01, 0.99]]
    W1, b1 = [[0.15, 0.25], [0.2, 0.3]], [[0.35, 0.35]]
    W2, b2 = [[0.4, 0.5], [0.45, 0.55]], [[0.6, 0.6]]
    network = build(W1, b1, W2, b2)
    assert rounds_to(network.feedforward(X)[0], "0.75136507 0.772928465")
    assert rounds_to(network.hidden_output[0], "0.593269992 0.596884378")
    (a1, a2), (target1, target2) = network.predicted_output[0], y[0]
    E = [half_squared_error([[a1]], [[target1]]), half_squared_error([[a2]], [[target2]]),
         half_squared_error([[a1, a2]], y)]
    assert rounds_to(E, "0.274811083 0.023560026 0.298371109")
    dW1, db1, dW2, db2 = network.gradients(X, y)
    hidden_error = db2[0][0] * W2[0][0] + db2[0][1] * W2[0][1]
    assert rounds_to([dW2[0][0], dW1[0][0], db2[0][0], hidden_error],
                     "0.082167041 0.000438568 0.138498562 0.036350306")
    network.backward(X, y, 0.5)
    assert rounds_to(entries([network.weights_input_hidden]),
                     "0.149780716 0.24975114 0.19956143 0.29950229")
    assert rounds_to(entries([network.weights_hidden_output]),
                     "0.35891648 0.51130127 0.408666186 0.561370121")
    # The post prints 0.291027924 for E after the step; right is 0.291027774. Its
    # figure comes of sending the delta back through the updated output weights.
    W2_after = network.weights_hidden_output
    right = build(network.weights_input_hidden, b1, W2_after, b2)
    assert rounds_to([error(right, X, y)], "0.291027774")
    slip = backpropagate(X, y, network.hidden_output, network.predicted_output, W2_after)
    descend([W1], [slip[0]], 0.5)
    assert rounds_to([error(build(W1, b1, W2_after, b2), X, y)], "0.291027924")


def test_han_and_kamber():
    """Han and Kamber, Data Mining: Concepts and Techniques, example 9.1."""
    network = build([[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]], [[-0.4, 0.2]],
                    [[-0.3], [-0.2]], [[0.1]])
    X, y = [[1, 0, 1]], [[1]]
    assert rounds_to(network.feedforward(X)[0], "0.474")
    assert rounds_to(network.hidden_output[0], "0.332 0.525")
    dW1, db1, dW2, db2 = network.gradients(X, y)
    network.backward(X, y, 0.9)
    W1, b1, W2, b2 = parameters(network)
    # The book goes on from rounded figures: its last digits are one unit off.
    book = [0.1311, -0.0087, -0.0065]
    assert [-slope for slope in db2[0] + db1[0]] == pytest.approx(book, rel=0, abs=1e-4)
    book = [0.192, -0.306, 0.4, 0.1, -0.508, 0.194, -0.408, 0.194, -0.261, -0.138, 0.218]
    assert entries([W1, b1, W2, b2]) == pytest.approx(book, rel=0, abs=1e-3)


def test_cs231n_neuron():
    """CS231n course notes, Backpropagation, Intuitions: the sigmoid neuron."""
    w, x = [2, -3, -3], [-1, -2]
    assert w[0] * x[0] + w[1] * x[1] + w[2] == 1.0
    (f,), = layer_output([x], [[w[0]], [w[1]]], [[w[2]]])
    assert rounds_to([f, sigmoid_derivative(f)], "0.73 0.2")
    # Its x is our A1, its w our W2 and b2; the target makes output_error 1. The
    # slope of x is hidden_error: db1 is that times the slope at A1.
    dW1, db1, dW2, db2 = backpropagate([[1]], [[f - 1]], [x], [[f]], [[w[0]], [w[1]]])
    dx = [slope / sigmoid_derivative(a) for slope, a in zip(db1[0], x)]
    assert rounds_to(dx + entries([dW2]), "0.39 -0.59 -0.20 -0.39")
    assert rounds_to(db2[0], "0.20")


def test_zhou():
    """Zhou, Machine Learning for Beginners: L = (t - y)^2, with no 1/2."""
    network = build([[1, 1], [1, 1]], [[0, 0]], [[1], [1]], [[0]])
    X, y = [[-2, -1]], [[1]]
    assert rounds_to(network.feedforward(X)[0] + network.hidden_output[0],
                     "0.524 0.0474 0.0474")
    slope = 2 * network.gradients(X, y)[0][0][0]
    # Published is the product of three rounded factors; unrounded it is 0.0215.
    assert rounds_to([-0.952 * 0.249 * -0.0904, slope], "0.0214 0.0215")
    assert rounds_to(layer_output([[2, 3]], [[0], [1]], [[4]])[0], "0.999")
    network = build([[0, 0], [1, 1]], [[0, 0]], [[0], [1]], [[0]])
    assert rounds_to(network.feedforward([[2, 3]])[0], "0.7216")


def test_grus():
    """Grus, Data Science from Scratch: an XOR network made by hand."""
    network = build([[20, 20], [20, 20]], [[-30, -10]], [[-60], [60]], [[-30]])
    for (a,), (target,) in zip(network.feedforward(XOR), TARGETS):
        assert abs(a - target) < 0.001


# --- The gradients, against measured and exact slopes ----------------------

def slopes(matrices, slope_at):
    """Return slope_at(change) for each entry, where change(s) adds s to it."""
    found = []
    for n, matrix in enumerate(matrices):
        for i, row in enumerate(matrix):
            for j in range(len(row)):
                def changed(s):
                    copies = copy.deepcopy(matrices)
                    copies[n][i][j] += s
                    return copies
                found.append(slope_at(changed))
    return found


def plain_error(matrices, X, y):
    outputs = entries([plain_forward(*matrices, X)[1]])
    return sum((a - target) ** 2 for a, target in zip(outputs, entries([y]))) / 2


def exact_slopes(network, X, y):
    """Return dE/dw by complex steps, which lose nothing to cancellation."""
    return slopes(parameters(network), lambda changed: plain_error(
        changed(1e-200j), X, y).imag / 1e-200)


@pytest.mark.parametrize("epochs", [0, 30])
@pytest.mark.parametrize("seed", range(24))
def test_every_gradient_of_random_networks(seed, epochs):
    network, X, y = random_case(seed)
    network.train(X, y, epochs, 0.5, quiet=True)
    dW1, db1, dW2, db2 = got = network.gradients(X, y)
    for matrix, parameter in zip(got, parameters(network)):
        assert [len(row) for row in matrix] == [len(row) for row in parameter]
    measured = slopes(parameters(network), lambda changed: (
        plain_error(changed(1e-5), X, y) - plain_error(changed(-1e-5), X, y)).real / 2e-5)
    assert entries(got) == pytest.approx(measured, rel=0, abs=1e-9)
    exact = exact_slopes(network, X, y)
    assert entries(got) == pytest.approx(exact, rel=1e-13, abs=1e-15)
    assert gradient_check(network, X, y, got) == pytest.approx(
        sum(abs(a - b) for a, b in zip(measured, entries(got))), rel=0, abs=1e-8)


def test_gradient_check_measures_every_slope():
    network, X, y = random_case(7)
    right = network.gradients(X, y)
    before = state(network)
    assert gradient_check(network, X, y, right) < 1e-8
    for n, matrix in enumerate(right):
        for i, row in enumerate(matrix):
            for j in range(len(row)):
                wrong = copy.deepcopy(right)
                wrong[n][i][j] += 0.25
                assert gradient_check(network, X, y, wrong) == pytest.approx(0.25, abs=1e-8)
    assert vars(network) == before


@pytest.mark.parametrize("slip", [
    lambda dW1, db1, dW2, db2: ([[-g for g in row] for row in dW1], db1, dW2, db2),
    lambda dW1, db1, dW2, db2: (dW1, db1, [[2 * g for g in row] for row in dW2], db2),
    lambda dW1, db1, dW2, db2: (dW1, [[g / 2 for g in db1[0]]], dW2, db2),
    lambda dW1, db1, dW2, db2: ([list(column) for column in zip(*dW1)], db1, dW2, db2),
], ids=["wrong sign", "a factor too many", "a missing factor", "swapped indices"])
def test_gradient_check_shows(slip):
    network, X, y = NeuralNetwork(4, 4, 2, seed=3), [[1, 2, -1, 0.5]], [[1, 0]]
    gradients = network.gradients(X, y)
    assert gradient_check(network, X, y, gradients) < 1e-9
    assert gradient_check(network, X, y, slip(*gradients)) > 1e-3


def test_cross_entropy_would_cancel_the_slope_of_the_output_sigmoid():
    def cross_entropy(z, target):
        a = 1 / (1 + cmath.exp(-z))
        return -(target * cmath.log(a) + (1 - target) * cmath.log(1 - a))

    for z, target in itertools.product((-2.0, 0.3, 1.5), (0.0, 0.25, 1.0)):
        slope = cross_entropy(z + 1e-200j, target).imag / 1e-200
        assert slope == pytest.approx(sigmoid(z) - target)


# --- Laws of training ------------------------------------------------------

def random_cases(number):
    return pytest.mark.parametrize("seed", range(number))


@random_cases(12)
def test_a_small_step_lowers_E_by_rate_times_squared_slopes(seed):
    network, X, y = random_case(seed)
    before, rate = error(network, X, y), 1e-5
    squares = sum(slope * slope for slope in entries(network.gradients(X, y)))
    network.feedforward(X)
    network.backward(X, y, rate)
    fall = before - error(network, X, y)
    assert 0 < fall == pytest.approx(rate * squares, rel=1e-3)


def test_a_large_step_can_raise_E():
    network = NeuralNetwork(2, 4, 1, seed=1)
    before = error(network, XOR, TARGETS)
    network.train(XOR, TARGETS, 1, 100.0, quiet=True)
    assert error(network, XOR, TARGETS) > before


@random_cases(6)
def test_permuted_hidden_neurons_give_permuted_results(seed):
    network, X, y = random_case(seed)
    W1, b1, W2, b2 = parameters(network)
    order = list(range(network.hidden_size))
    random.Random(seed).shuffle(order)

    def permuted(W1, b1, W2, b2):
        return ([[row[j] for j in order] for row in W1], [[b1[0][j] for j in order]],
                [W2[j] for j in order], b2)

    other = build(*permuted(W1, b1, W2, b2))
    network.train(X, y, 20, 0.5, quiet=True)
    other.train(X, y, 20, 0.5, quiet=True)
    assert entries(parameters(other)) == pytest.approx(
        entries(permuted(*parameters(network))), rel=1e-12)


@random_cases(6)
def test_gradients_of_half_batches_add_up(seed):
    network, X, y = random_case(seed + 10)
    X, y = X + X[::-1], y + [[1 - target for target in row] for row in y]
    half = len(X) // 2
    halves = zip(entries(network.gradients(X[:half], y[:half])),
                 entries(network.gradients(X[half:], y[half:])))
    assert entries(network.gradients(X, y)) == pytest.approx(
        [a + b for a, b in halves], rel=1e-12, abs=1e-15)


@random_cases(8)
def test_gradient_of_E_is_half_N_K_times_that_of_the_loss(seed):
    network, X, y = random_case(seed)
    (_, loss), = network.train(X, y, 1, 1e-300, quiet=True)
    squares = [(a - target) ** 2 for a, target in zip(
        entries([network.predicted_output]), entries([y]))]
    assert loss == pytest.approx(sum(squares) / len(squares))
    of_the_loss = slopes(parameters(network), lambda changed: plain_error(
        changed(1e-200j), X, y).imag * 2 / len(squares) / 1e-200)
    assert entries(network.gradients(X, y)) == pytest.approx(
        [len(X) * len(y[0]) / 2 * slope for slope in of_the_loss], rel=1e-12, abs=1e-15)


@random_cases(6)
def test_y_minus_prediction_and_plus_is_the_same_step(seed):
    network, X, y = random_case(seed)
    gradients = network.gradients(X, y)
    negated = [[[-slope for slope in row] for row in matrix] for matrix in gradients]
    minus, plus = parameters(network), parameters(network)
    descend(minus, gradients, 0.1)
    descend(plus, negated, -0.1)
    assert minus == plus


def test_the_bias_is_the_weight_of_a_constant_1():
    network, X, y = random_case(9)
    W1, b1, W2, b2 = parameters(network)
    with_ones = build(W1 + b1, [[0.0] * len(W2)], W2, b2)
    gradients = with_ones.gradients([row + [1.0] for row in X], y)
    assert gradients[0][-1] == network.gradients(X, y)[1][0]


def test_equal_neurons_stay_equal():
    network = NeuralNetwork(2, 4, 1, weights_input_hidden=[[0.5] * 4, [-0.3] * 4],
                            weights_hidden_output=[[0.7]] * 4)
    network.train(XOR, TARGETS, 200, 1.0, quiet=True)
    for matrix in (network.weights_input_hidden, network.bias_hidden):
        assert all(len(set(row)) == 1 for row in matrix)
    assert len(set(map(tuple, network.weights_hidden_output))) == 1
    assert network.bias_output != [[0.0]]


def test_a_saturated_neuron_hardly_learns():
    at = [NeuralNetwork(1, 1, 1, weights_input_hidden=[[w]], weights_hidden_output=[[1.0]])
          .gradients([[1.0]], [[1.0]])[0][0][0] for w in (0.0, 20.0)]
    assert 0 < -at[1] < 1e-6 * -at[0]


@random_cases(4)
def test_at_an_exact_fit_the_gradient_is_zero(seed):
    network, X, y = random_case(seed)
    assert set(map(abs, entries(network.gradients(X, network.feedforward(X))))) == {0.0}


def test_the_seed_decides_the_start():
    def start(seed):
        return parameters(NeuralNetwork(3, 4, 2, seed=seed))

    assert start(5) == start(5)
    assert len({repr(start(seed)) for seed in range(50)}) == 50
    assert start(None) != start(None)
    random.seed(8)
    first = start(None)
    random.seed(8)
    assert first == start(None)
    before = random.getstate()
    assert first == start(8) and before == random.getstate()


def test_weights_that_are_given_replace_the_draws_and_are_copied():
    drawn = NeuralNetwork(2, 3, 1, seed=4)
    W1, W2 = [[1, 2, 3], (4, 5, 6)], [[7], [8], [9]]
    first = NeuralNetwork(2, 3, 1, seed=4, weights_input_hidden=W1)
    second = NeuralNetwork(2, 3, 1, seed=4, weights_hidden_output=W2)
    assert first.weights_input_hidden == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert second.weights_input_hidden == drawn.weights_input_hidden
    assert second.weights_hidden_output == [[7.0], [8.0], [9.0]]
    assert first.bias_hidden == [[0.0, 0.0, 0.0]] and first.bias_output == [[0.0]]
    second.train(XOR, TARGETS, 1, 1.0, quiet=True)
    assert W2 == [[7], [8], [9]]


def test_standard_normal_is_standard_normal():
    draws = list(itertools.islice(standard_normal(12), 40000))
    for power, moment in ((1, 0), (2, 1), (3, 0), (4, 3)):
        assert sum(draw ** power for draw in draws) / len(draws) == pytest.approx(
            moment, abs=0.02 * 3 ** power / 2)
    within = sum(abs(draw) < 1 for draw in draws) / len(draws)
    assert within == pytest.approx(math.erf(math.sqrt(0.5)), abs=0.005)
    neighbours = sum(a * b for a, b in zip(draws, draws[1:])) / len(draws)
    assert neighbours == pytest.approx(0, abs=0.02)


def test_training_in_two_halves_is_training_at_once():
    once, twice = (NeuralNetwork(2, 4, 1, seed=6) for _ in range(2))
    once.train(XOR, TARGETS, 50, 0.7, quiet=True)
    twice.train(XOR, TARGETS, 20, 0.7, quiet=True)
    twice.train(XOR, TARGETS, 30, 0.7, quiet=True)
    assert vars(once) == vars(twice)


def test_training_is_feedforward_and_backward_in_turn():
    trained, stepped = (NeuralNetwork(2, 4, 1, seed=6) for _ in range(2))
    trained.train(XOR, TARGETS, 7, 0.7, quiet=True)
    for _ in range(7):
        stepped.feedforward(XOR)
        assert stepped.backward(XOR, TARGETS, 0.7) is None
    assert vars(trained) == vars(stepped)


def test_backward_steps_from_the_last_forward_pass():
    network, X, y = random_case(11)
    network.feedforward(X)
    W2 = network.weights_hidden_output
    expected = parameters(network)
    for _ in range(2):  # the second step has new weights, but the same pass
        descend(expected, backpropagate(
            X, y, network.hidden_output, network.predicted_output, expected[2]), 0.3)
        network.backward(X, y, 0.3)
        assert parameters(network) == expected
    assert network.weights_hidden_output is not W2


def errors_after_learning_xor(hidden_size):
    """Return the largest miss of each of 100 seeds: rate 2.0, 1,000 epochs."""
    misses = []
    for seed in range(100):
        network = NeuralNetwork(2, hidden_size, 1, seed=seed)
        network.train(XOR, TARGETS, 1000, 2.0, quiet=True)
        misses.append(max(abs(a - target) for (a,), (target,) in zip(
            network.feedforward(XOR), TARGETS)))
    return misses


def test_four_hidden_neurons_learn_xor_from_a_hundred_seeds_and_two_do_not():
    assert max(errors_after_learning_xor(4)) < 0.06  # 0.0495 where it was measured
    assert sum(miss < 0.1 for miss in errors_after_learning_xor(2)) < 80  # there 66


# --- Reports ---------------------------------------------------------------

def test_train_prints_every_4000_epochs_and_returns_what_it_printed(capsys):
    network = NeuralNetwork(1, 1, 1, seed=1)
    losses = network.train([[1]], [[0]], 8001, 0.1)
    assert [epoch for epoch, _ in losses] == [0, 4000, 8000]
    assert capsys.readouterr().out == "".join(
        "Epoch {}, Loss:{!r}\n".format(*pair) for pair in losses)


@pytest.mark.parametrize("epochs, report_every, reported", [
    (0, 1, []), (1, 1, [0]), (5, 2, [0, 2, 4]), (4, 2, [0, 2]), (3, 100, [0])])
def test_train_reports_when_asked_to(epochs, report_every, reported, capsys):
    network, X, y = random_case(8)
    loud, quiet = copy.deepcopy(network), copy.deepcopy(network)
    losses = loud.train(X, y, epochs, 0.1, report_every)
    assert [epoch for epoch, _ in losses] == reported
    assert len(capsys.readouterr().out.splitlines()) == len(reported)
    assert quiet.train(X, y, epochs, 0.1, report_every=report_every, quiet=True) == losses
    assert capsys.readouterr().out == ""
    assert vars(loud) == vars(quiet)
    for epoch, loss in losses:  # each is the loss before that epoch's step
        fresh = copy.deepcopy(network)
        fresh.train(X, y, epoch, 0.1, quiet=True)
        assert loss == 2 * error(fresh, X, y) / (len(y) * len(y[0]))


def test_zero_epochs_change_nothing():
    network = NeuralNetwork(2, 4, 1, seed=1)
    network.feedforward(XOR[:2])
    before = state(network)
    assert network.train(XOR, TARGETS, 0, 0.1) == [] and vars(network) == before


# --- The interface ---------------------------------------------------------

def test_code_written_for_the_notebook_runs():
    nn = NeuralNetwork(input_size=2, hidden_size=4, output_size=1)
    assert (nn.input_size, nn.hidden_size, nn.output_size) == (2, 4, 1)

    def shape(matrix):
        assert all(len(row) == len(matrix[0]) for row in matrix)
        assert all(type(entry) is float for row in matrix for entry in row)
        return len(matrix), len(matrix[0])

    assert shape(nn.weights_input_hidden) == (2, 4) and shape(nn.bias_hidden) == (1, 4)
    assert shape(nn.weights_hidden_output) == (4, 1) and shape(nn.bias_output) == (1, 1)
    nn.train(XOR, TARGETS, epochs=3, learning_rate=0.1)
    output = nn.feedforward(XOR)
    assert output == nn.predicted_output
    assert shape(output) == (4, 1) and shape(nn.hidden_output) == (4, 4)
    nn.backward(XOR, TARGETS, learning_rate=0.1)
    assert [shape(matrix) for matrix in parameters(nn)] == [(2, 4), (1, 4), (4, 1), (1, 1)]


class Array:
    """A stand-in for a NumPy array: no list, but it has a length and items."""

    def __init__(self, rows):
        self.rows = [Array(row) if isinstance(row, (list, tuple)) else row for row in rows]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]


KINDS = [tuple, Array, lambda rows: [tuple(row) for row in rows],
         lambda rows: tuple(map(list, rows)), lambda rows: list(map(Array, rows)), iter]
KINDS += [numpy.array, lambda rows: list(numpy.array(rows))] if numpy else []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("X", [XOR, [[0.1, -2.5], [1e-320, 3.0], [7.0, 1 / 3], [0.0, 2 ** 60]]])
def test_rows_of_any_kind_give_the_same_digits(X, kind):
    def results(kind):
        network = NeuralNetwork(
            2, 3, 1, weights_input_hidden=kind([[1, -2, 0.5], [0.25, 1, -1]]),
            weights_hidden_output=kind([[0.5], [2], [-1]]))
        network.bias_hidden, network.bias_output = kind([[1, 0, -1]]), [[0.5]]
        found = [network.train(kind(X), kind(TARGETS), 3, 0.5, 1, True)]
        network.weights_hidden_output = tuple(map(tuple, network.weights_hidden_output))
        found += [network.feedforward(kind(X)), network.gradients(kind(X), kind(TARGETS))]
        network.backward(kind(X), kind(TARGETS), 0.5)
        return found + [vars(network)]

    assert repr(results(kind)) == repr(results(list))  # the types and last digits too


def test_arguments_are_never_changed_and_results_share_no_row():
    X, y = [[0.5, 1.0], [2.0, -1.0]], [[0.0], [1.0]]
    W1, b1, W2, b2 = given = [[[0.5, 1.0], [2.0, -1.0]], [[0.0, 1.0]], [[1.0], [0.5]], [[0.5]]]
    before = copy.deepcopy([X, y, given])
    network = build(*given)
    network.weights_input_hidden, network.weights_hidden_output = W1, W2
    results = [network.feedforward(X), network.gradients(X, y)]
    results += [network.predicted_output, network.hidden_output]
    network.backward(X, y, 0.1)
    results += [network.feedforward(X), network.predicted_output, network.hidden_output]
    results += parameters(network) and [getattr(network, name) for name in PARAMETERS]
    network.train(X, y, 2, 0.1, quiet=True)
    results += [getattr(network, name) for name in PARAMETERS]
    results += [network.predicted_output, network.hidden_output]
    assert [X, y, given] == before

    def rows(nested):
        return [nested] if isinstance(nested[0], float) else [
            row for inner in nested for row in rows(inner)]

    found = rows([X, y, given, results[1], results[:1] + results[2:]])
    assert len(set(map(id, found))) == len(found)


def test_parameters_can_be_changed_in_place():
    network = NeuralNetwork(2, 4, 1, seed=1)
    W1 = network.weights_input_hidden
    before = network.feedforward(XOR)
    W1[1][2] += 0.5
    assert network.feedforward(XOR) != before
    W1[1][2] -= 0.5
    assert network.feedforward(XOR) == before and network.weights_input_hidden is W1


def test_extremes_that_are_not_errors():
    network = NeuralNetwork(2, 2, 1, weights_input_hidden=[[1e308, -1e308], [1e308, -1e308]],
                            weights_hidden_output=[[1e308], [-1e308]])
    assert network.feedforward(XOR) == [[0.5], [1.0], [1.0], [1.0]]
    network.train(XOR, TARGETS, 2, 0.1, quiet=True)
    network = NeuralNetwork(2, 4, 1, seed=1)
    assert network.feedforward([[1e-320, 0]]) == network.feedforward([[0, 0]])
    network.feedforward([[1e308, -1e308]])
    network.train(XOR, TARGETS, 1, 1e300, quiet=True)
    assert all(math.isfinite(w) for w in entries(parameters(network)))
    network.train(XOR, TARGETS, 1, 5e-324, quiet=True)
    assert network.feedforward([[True, False]]) == network.feedforward([[1, 0]])


# --- Bad input -------------------------------------------------------------

NO_LIST = [None, 7, 0.5, "01", "", b"01", {0: [0, 1]}, {(0, 1)}, len]
NO_NUMBER = [None, "1", "", b"1", 1j, [1.0], [], (), {}, len]
NOT_FINITE = [NAN, INF, -INF]
HUGE = 10 ** 400


def refused(name, wanted, values, kind):
    """Return (value, kind of error, words in its message) for each value."""
    return [(value, kind, [name + " must " + wanted, "got " + repr(value)])
            for value in values]


def refused_numbers(name):
    return (refused(name, "be a number", NO_NUMBER, TypeError)
            + refused(name, "be finite", NOT_FINITE, ValueError)
            + [(HUGE, ValueError, [name + " must fit a float", "got one too large"])])


def refused_ints(name, least):
    return refused_numbers(name) + refused(
        name, "be an int >= %d" % least, [least - 1, -7, 2.5, 2.0, True, False], ValueError)


def refused_rates(name):
    return refused_numbers(name) + refused(
        name, "be above 0", [0, 0.0, -0.1, -1e-320], ValueError)


def refused_matrices(name, good, rows=None):
    """Return the same for a matrix with something wrong, the rest of it good."""
    last, width = "%s[%d]" % (name, len(good) - 1), len(good[0])
    corner = "%s[%d]" % (last, width - 1)
    found = refused(name, "be a list", NO_LIST, TypeError)
    found += [(good[:-1] + [row], kind, words)
              for row, kind, words in refused(last, "be a list", NO_LIST + [1.5], TypeError)]
    found += [(good[:-1] + [row], ValueError,
               ["%s needs length %d" % (last, width), "got %d" % len(row)])
              for row in ([], good[0][1:], good[0] + [0.0])]
    found += [(good[:-1] + [good[-1][:-1] + [number]], kind, words)
              for number, kind, words in refused_numbers(corner)]
    wrong = [[]] if rows is None else [[], good[:-1], good + good[:1]]
    return found + [(value, ValueError, [
        "%s needs length %s" % (name, rows or ">= 1"), "got %d" % len(value)]) for value in wrong]


def refused_calls():
    """Return the table: (attribute to assign or None, call, value, error, words)."""
    table = []

    def add(cases, call, attribute=None):
        table.extend((attribute, call) + case for case in cases)

    for place, name in enumerate(("input_size", "hidden_size", "output_size")):
        add(refused_ints(name, 1), lambda network, value, place=place: NeuralNetwork(
            *[value if n == place else 2 for n in range(3)]))
    add(refused_ints("seed", 0)[1:],  # all but None
        lambda network, value: NeuralNetwork(2, 3, 1, seed=value))
    for name, good in (("weights_input_hidden", [[0.5] * 3] * 2),
                       ("weights_hidden_output", [[0.5]] * 3)):
        add(refused_matrices(name, good, len(good))[1:],
            lambda network, value, name=name: NeuralNetwork(2, 3, 1, **{name: value}))

    def check(network, X=XOR, y=TARGETS, **changed):
        gradients = list(network.gradients(XOR, TARGETS))
        for place, gradient in changed.items():
            gradients[int(place[1:])] = gradient
        gradient_check(network, X, y, gradients)

    add(refused_matrices("X", XOR), lambda network, X: network.feedforward(X))
    add(refused_matrices("X", XOR), lambda network, X: network.gradients(X, TARGETS))
    add(refused_matrices("X", XOR, 4), lambda network, X: network.backward(X, TARGETS, 0.1))
    add(refused_matrices("X", XOR), lambda network, X: network.train(X, TARGETS, 2, 0.1))
    add(refused_matrices("X", XOR), lambda network, X: check(network, X=X))
    for call in (lambda network, y: network.gradients(XOR, y),
                 lambda network, y: network.backward(XOR, y, 0.1),
                 lambda network, y: network.train(XOR, y, 2, 0.1),
                 lambda network, y: check(network, y=y)):
        add(refused_matrices("y", TARGETS, 4), call)
    for call in (lambda network, rate: network.backward(XOR, TARGETS, rate),
                 lambda network, rate: network.train(XOR, TARGETS, 2, rate)):
        add(refused_rates("learning_rate"), call)
    add(refused_ints("epochs", 0),
        lambda network, epochs: network.train(XOR, TARGETS, epochs, 0.1))
    add(refused_ints("report_every", 1),
        lambda network, every: network.train(XOR, TARGETS, 2, 0.1, every))
    for n, (name, good) in enumerate(zip(PARAMETERS, parameters(
            NeuralNetwork(2, 3, 1, seed=1)))):
        cases = refused_matrices(name, good, len(good))
        for call in (lambda network, value: network.feedforward(XOR),
                     lambda network, value: network.gradients(XOR, TARGETS),
                     lambda network, value: network.backward(XOR, TARGETS, 0.1),
                     lambda network, value: network.train(XOR, TARGETS, 2, 0.1)):
            add(cases, call, attribute=name)
        add(refused_matrices("gradients[%d]" % n, good, len(good)),
            lambda network, value, n=n: check(network, **{"n%d" % n: value}))
    return table


@pytest.mark.parametrize("attribute, call, value, kind, words", refused_calls())
def test_bad_input_is_refused(attribute, call, value, kind, words, capsys):
    network = NeuralNetwork(2, 3, 1, seed=1)
    network.feedforward(XOR)
    if attribute:
        setattr(network, attribute, value)
    before = repr((vars(network), value))
    with pytest.raises(kind) as caught:
        call(network, value)
    assert caught.type is kind and all(word in str(caught.value) for word in words)
    assert capsys.readouterr().out == ""
    assert repr((vars(network), value)) == before


def test_backward_needs_a_forward_pass():
    network = NeuralNetwork(2, 3, 1, seed=1)
    before = state(network)
    with pytest.raises(ValueError, match="X must go through feedforward first"):
        network.backward(XOR, TARGETS, 0.1)
    assert vars(network) == before


# --- The documentation -----------------------------------------------------

README = read("README.md")


def blocks(language):
    return re.findall("```%s\n(.*?)```" % language, README, re.DOTALL)


def test_the_readme_shows_what_is_printed():
    assert NOTEBOOK in blocks("text")


def test_ci_runs_the_commands_of_the_readme():
    ci = read(os.path.join(".ci", "run")).splitlines()
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) == 2 and all(command in ci for command in commands)


def test_the_recovered_start_stands_in_one_place():
    main = ast.parse(read("backprop.py")).body[-1]
    start = {node.value for node in ast.walk(main)
             if isinstance(node, ast.Constant) and len(str(node.value)) > 15
             and isinstance(node.value, float)}
    assert len(start) == 12
    text = "".join(map(read, ("backprop.py", "test_backprop.py", "README.md")))
    assert all(text.count(repr(weight)) == 1 for weight in start)


def test_sums_are_not_left_to_sum():
    rounded_otherwise = sum([0.1] * 10) != eval("+".join(["0.0"] + ["0.1"] * 10))
    assert rounded_otherwise is (sys.version_info >= (3, 12) and "PyPy" not in sys.version)


def test_every_public_name_is_documented():
    for name in dir(backprop):
        member = getattr(backprop, name)
        if getattr(member, "__module__", None) == "backprop" and callable(member):
            assert member.__doc__.split("\n")[0].endswith(".")
