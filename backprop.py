# SPDX-License-Identifier: 0BSD (copy it, change it, use it; no notice needed)
# Python 3.6+, MicroPython 1.21+ (92 KB of heap), CircuitPython 9+; 32-bit floats too
"""Backpropagation in plain Python: a small neural network learns XOR.

A neural network turns inputs into predictions, by means of numbers called
parameters. Training changes these a little at a time, so that the predictions
come closer to given targets. Backpropagation finds how to change each of them.

    python3 backprop.py                   trains the network and prints the run
    python3 -m doctest backprop.py        runs the examples; silence is success
    from backprop import NeuralNetwork    uses it in a program of your own

This file rewrites a NumPy program, here called the notebook, and keeps its
names. Code that uses the notebook's network works here too: it passes lists or
arrays of the same shapes, and gets lists back. Read from top to bottom. Types
in quotes, and names that begin with _, can wait: they are for the end.

ONE NEURON  has a weight for each of its inputs, and one more number, its bias.
These are its parameters. It multiplies each input by its weight, adds up the
products and the bias, and squeezes the sum z into the range from 0 to 1 by an
activation function f, the sigmoid. For inputs 1 and 0.5, weights 2 and -3 and
bias 0.5, z = 1 * 2 + 0.5 * (-3) + 0.5 = 1, and f(z) = 1 / (1 + e^-z) = 0.731.

THE TASK.  XOR is 1 if exactly one of its two inputs is 1. Each row below is a
sample: the inputs of one case, and the target, the right answer. One neuron,
with weights v1, v2 and bias b, answers 1 if z > 0, as f(z) is then above 1/2,
and 0 if z < 0. It cannot do XOR, as it would need all of (1) to (4):
    input 1    input 2    target
       0          0          0                  b < 0    (1)
       0          1          1             v2 + b > 0    (2)
       1          0          1        v1      + b > 0    (3)
       1          1          0        v1 + v2 + b < 0    (4)

(2) plus (3) gives v1 + v2 + 2b > 0, but (1) plus (4) gives v1 + v2 + 2b < 0.

THE NETWORK  has two layers: four hidden neurons, which get both inputs, and an
output neuron, which gets their outputs. Two hidden ones would do: one says OR,
one AND, and the output neuron "OR and not AND". Each * is a weight:
    input 1 ----*-----------*-----------*-----------*
    input 2 ----*-----------*-----------*-----------*
                |           |           |           |
            hidden 1    hidden 2    hidden 3    hidden 4
                |           |           |           |
                *-----------*-----------*-----------*---> output neuron

ALL SAMPLES AT ONCE.  The program computes with matrices. A matrix is a list of
rows, and a row is a list of numbers. There are N samples, D inputs, H hidden
neurons and K outputs, for XOR 4, 2, 4 and 1.
    symbol  name in the code       shape  one entry
    X       X                      N x D  X[n][i]: input i of sample n
    W1      weights_input_hidden   D x H  W1[i][j]: from input i to hidden neuron j
    b1      bias_hidden            1 x H  b1[0][j]: bias of hidden neuron j
    Z1      hidden_activation      N x H  Z1[n][j]: its sum z, before f, for sample n
    A1      hidden_output          N x H  A1[n][j]: its output f(z), for sample n
    W2      weights_hidden_output  H x K  W2[j][k]: from hidden neuron j to output k
    b2      bias_output            1 x K  b2[0][k]: bias of output neuron k
    Z2      output_activation      N x K  Z2[n][k]: its sum z, before f, for sample n
    A2      predicted_output       N x K  A2[n][k]: its output, the prediction
    y       y                      N x K  y[n][k]: the target of that prediction

The way from the inputs X to E, which says how bad the predictions are:
    X -> Z1 = X W1 + b1 -> A1 = f(Z1) -> Z2 = A1 W2 + b2 -> A2 = f(Z2) -> E

X W1 is the matrix product, b1 is added to every row of it, and f is applied to
every entry. One entry of Z1 is the sum of one neuron, here with two inputs:
    Z1[n][j] = X[n][0] * W1[0][j] + X[n][1] * W1[1][j] + b1[0][j]

WHAT IS MINIMISED.  E is 1/2 * the sum of (A2 - y)^2 over all entries. The
square counts misses in both directions, and large misses more. The 1/2 cancels
the 2 of the square's derivative. The program prints the loss, which is the
mean of the same squares, 2E / (N K). (In the notebook's text, E is called L.)

HOW IT IS MINIMISED.  The derivative dE/dw, or slope, says how E changes with a
parameter w: if only w rises by a small s, E rises by about s * dE/dw. The step
    w -= learning_rate * dE/dw
changes E by about -learning_rate * (dE/dw)^2, which is never above 0. Every
parameter takes this step, and the effects on E add up: E falls, if the steps
are small enough. The learning rate is a positive number that sets their size.
With twice the samples, E and its slopes about double: halve the learning rate.
All slopes together are the gradient. It points uphill; the minus leads down:
hence gradient descent. Backpropagation finds the gradient, going back from E.
"""
import math
__version__ = "2.0"
__all__ = ["NeuralNetwork", "PARAMETERS", "gradient_check", "objective", "sigmoid"]

# --- Matrices: what the network needs of NumPy -----------------------------
def transpose(A: "Rows") -> "Rows":
    """Return the columns of A as rows: [(1, 3), (2, 4)] for [[1, 2], [3, 4]]."""
    return list(zip(*A))

def dot(A: "Rows", B: "Rows", b: "Rows | None" = None) -> "Matrix":
    """Return the matrix product A B, plus b in every row; NumPy: np.dot(A, B) + b.

    >>> dot([[1, 2], [3, 4]], [[5, 6], [7, 8]])  # row by column: 19 = 1 * 5 + 2 * 7
    [[19.0, 22.0], [43.0, 50.0]]
    """
    product, places, columns = [], range(len(B)), range(len(B[0]))
    biases = b[0] if b else [0.0] * len(B[0])
    for row in A:
        entries = []
        for column in columns:
            total = 0.0
            for place in places:
                total += row[place] * B[place][column]
            entries.append(total + biases[column])
        product.append(entries)
    return product

def subtract(A: "Rows", B: "Rows") -> "Matrix":
    """Return the differences, entry by entry; NumPy: A - B."""
    differences, columns = [], range(len(A[0]))
    for a, b in zip(A, B):
        entries = []
        for column in columns:
            entries.append(a[column] - b[column])
        differences.append(entries)
    return differences

def apply(function: "Callable[[float], float]", A: "Rows") -> "Matrix":
    """Return the function's value for each entry; NumPy: function(A)."""
    return [list(map(function, row)) for row in A]

def multiply(A: "Rows", function: "Callable[[float], float]", B: "Rows") -> "Matrix":
    """Return A times the function of B, entry by entry; NumPy: A * function(B)."""
    products, columns = [], range(len(A[0]))
    for a, b in zip(A, B):
        entries = []
        for column in columns:
            entries.append(a[column] * function(b[column]))
        products.append(entries)
    return products

def sum_rows(A: "Rows") -> "Matrix":
    """Return the sum of the rows, as one row; NumPy: A.sum(axis=0, keepdims=True)."""
    totals, columns = [0.0] * len(A[0]), range(len(A[0]))
    for row in A:
        for column in columns:
            totals[column] += row[column]
    return [totals]

def descend(w: "Matrix", slopes: "Rows", learning_rate: float) -> None:
    """Change w in place, by one step; NumPy: w -= learning_rate * slopes."""
    columns = range(len(w[0]))
    for row, row_slopes in zip(w, slopes):
        for column in columns:
            row[column] -= learning_rate * row_slopes[column]

# --- The sigmoid, and E ----------------------------------------------------
def sigmoid(z: float) -> float:
    """Return f(z) = 1 / (1 + e^-z), which rises from 0 to 1.

    >>> sigmoid(0.0), round(sigmoid(1.0), 3), sigmoid(-1e6), sigmoid(1e6)
    (0.5, 0.731, 0.0, 1.0)
    """
    if z < -40.0:  # e^-z could overflow; 1 + e^-z rounds to e^-z, so f(z) is e^z
        return math.exp(z)
    return 1.0 / (1.0 + math.exp(-z))

def sigmoid_derivative(a: float) -> float:
    """Return the slope f'(z) = a * (1 - a), given the output a = f(z)."""
    # Write u for e^-z, so that a is 1 / (1 + u). z changes u, u changes a, and
    # the slopes on the way multiply:
    #     du/dz = -u        da/du = -1 / (1 + u)^2
    #     f'(z) = da/du * du/dz = u / (1 + u)^2
    # As 1 - a = u / (1 + u), this is a * (1 - a). The argument is a, because a
    # is at hand: the prediction needed it. (The notebook's text once passes Z,
    # by mistake.) The slope is largest, 1/4, at a = 1/2, and nearly 0 if a is
    # near 0 or 1. Then the neuron is called saturated: its weights hardly
    # change, as f' is a factor of their slopes.
    return a * (1.0 - a)

def objective(predicted_output: "Rows", y: "Rows") -> float:
    """Return E, half the sum of (A2 - y)^2 over all entries."""
    total = 0.0
    for row in subtract(predicted_output, y):
        for difference in row:
            total += difference * difference
    return total / 2

# --- The network -----------------------------------------------------------
PARAMETERS = ("weights_input_hidden", "bias_hidden",
              "weights_hidden_output", "bias_output")

class NeuralNetwork:
    """A network with one hidden layer, trained by gradient descent.

    The sizes are D, H and K. Any of PARAMETERS may be given now or assigned
    later; it is checked and copied. Weights not given are random; a seed makes
    them repeatable. Below, the hidden neurons say OR and AND, as above.

    >>> network = NeuralNetwork(2, 2, 1,
    ...     weights_input_hidden=[[20, 20], [20, 20]], bias_hidden=[[-10, -30]],
    ...     weights_hidden_output=[[20], [-20]], bias_output=[[-10]])
    >>> [round(a, 3) for (a,) in network.feedforward([[0, 0], [0, 1], [1, 0], [1, 1]])]
    [0.0, 1.0, 1.0, 0.0]
    """
    def __init__(self, input_size: int, hidden_size: int, output_size: int, *,
                 seed: "int | None" = None, weights_input_hidden: "Data | None" = None,
                 bias_hidden: "Data | None" = None,
                 weights_hidden_output: "Data | None" = None,
                 bias_output: "Data | None" = None) -> None:
        self.input_size = D = _whole("input_size", input_size, 1)
        self.hidden_size = H = _whole("hidden_size", hidden_size, 1)
        self.output_size = K = _whole("output_size", output_size, 1)
        self._parameters: "list[Matrix]" = [[], [], [], []]  # see _parameter
        self._checked: "list[Matrix]" = []  # a copy of them, as last checked
        self._last_pass: "list[Any]" = [(), [], []]  # X, A1, A2
        for name, value in zip(PARAMETERS, (weights_input_hidden, bias_hidden,
                                            weights_hidden_output, bias_output)):
            if value is not None:
                setattr(self, name, value)
        # Random weights, as hidden neurons with equal weights would get equal
        # slopes, and stay equal. With 30 inputs or more, many neurons would
        # start saturated: divide the random weights by the root of D.
        draw = _normal(None if seed is None else _whole("seed", seed, 0)).__next__
        self.weights_input_hidden: "Matrix" = self.weights_input_hidden or [
            [draw() for j in range(H)] for i in range(D)]
        self.bias_hidden: "Matrix" = self.bias_hidden or [[0.0] * H]
        self.weights_hidden_output: "Matrix" = self.weights_hidden_output or [
            [draw() for k in range(K)] for j in range(H)]
        self.bias_output: "Matrix" = self.bias_output or [[0.0] * K]

    def feedforward(self, X: "Data") -> "Matrix":
        """Return the predictions for X; keep Z1, A1, Z2 and A2 as attributes."""
        X = _rows("X", X, self.input_size)
        _check_parameters(self)
        self.hidden_activation = hidden_activation = dot(
            X, self.weights_input_hidden, self.bias_hidden)
        self.hidden_output = hidden_output = apply(sigmoid, hidden_activation)
        self.output_activation = output_activation = dot(
            hidden_output, self.weights_hidden_output, self.bias_output)
        self.predicted_output = predicted_output = apply(sigmoid, output_activation)
        self._last_pass = [X, hidden_output, predicted_output]
        return [row[:] for row in predicted_output]  # a copy, for the caller

    def gradients(self, X: "Data", y: "Data") -> "tuple[Matrix, ...]":
        """Return dE/dW1, dE/db1, dE/dW2 and dE/db2, shaped like W1, b1, W2 and b2."""
        X = _rows("X", X, self.input_size)
        y = _rows("y", y, self.output_size, len(X))
        last_X, hidden_output, predicted_output = self._last_pass
        if last_X != X or self._parameters != self._checked:  # stale pass
            self.feedforward(X)
            hidden_output, predicted_output = self.hidden_output, self.predicted_output

        # The chain rule. With one sample and one neuron in each layer, every
        # symbol is a number. W2 changes Z2, Z2 changes A2, A2 changes E, and
        # the slopes on the way multiply. Their values stand below them.
        #     dE/dW2 = dE/dA2 * dA2/dZ2 * dZ2/dW2
        #              A2 - y   f'(Z2)    A1
        #     dE/dW1 = dE/dA2 * dA2/dZ2 * dZ2/dA1 * dA1/dZ1 * dZ1/dW1
        #              A2 - y   f'(Z2)    W2        f'(Z1)    X
        # Both begin alike, so this part is computed once. In each layer, dE/dA
        # is called the error, and dE/dZ the delta. The delta is the slope for
        # the bias; times an input, it is the slope for that input's weight. In
        # general all of these are matrices: dE/dW2 has the shape of W2.

        # dE/dA2 = A2 - y                                               N x K
        # The 1/2 in E has cancelled the 2 of the square. The notebook has the
        # negative, y - A2, and adds where this file subtracts: the same step.
        output_error = subtract(predicted_output, y)

        # dE/dZ2 = output_error * f'(Z2), entry by entry                N x K
        # Each Z2[n][k] changes only its own A2[n][k]. f'(Z2) is A2 * (1 - A2).
        output_delta = multiply(output_error, sigmoid_derivative, predicted_output)

        # dE/dA1 = output_delta W2^T, where ^T means transposed         N x H
        #     hidden_error[n][j] = sum over k of output_delta[n][k] * W2[j][k]
        # If A1[n][j] rises by s, each Z2[n][k] rises by s * W2[j][k], and E by
        # about the sum over k of s * output_delta[n][k] * W2[j][k]. The sum is
        # along row j of W2, but dot sums down columns: so W2 is transposed.
        hidden_error = dot(output_delta, transpose(self.weights_hidden_output))

        # dE/dZ1 = hidden_error * f'(Z1), entry by entry as above       N x H
        hidden_delta = multiply(hidden_error, sigmoid_derivative, hidden_output)

        # dE/dW2 = A1^T output_delta                                    H x K
        #     dE_dW2[j][k] = sum over n of A1[n][j] * output_delta[n][k]
        # If W2[j][k] rises by s, Z2[n][k] rises by s * A1[n][j] in each sample
        # n, and the effects on E add up. The sum is down column j of A1, but
        # dot sums along rows of its first matrix: so A1 is transposed.
        dE_dW2 = dot(transpose(hidden_output), output_delta)

        # dE/db2: a bias is the weight of an input that is always 1     1 x K
        #     dE_db2[0][k] = sum over n of output_delta[n][k]
        dE_db2 = sum_rows(output_delta)

        # dE/dW1 = X^T hidden_delta, and dE/db1: as for W2, b2    D x H, 1 x H
        #     dE_dW1[i][j] = sum over n of X[n][i] * hidden_delta[n][j]
        dE_dW1 = dot(transpose(X), hidden_delta)
        dE_db1 = sum_rows(hidden_delta)
        return dE_dW1, dE_db1, dE_dW2, dE_db2

    def backward(self, X: "Data", y: "Data", learning_rate: float) -> None:
        """Take one step of gradient descent.

        By hand: here every z is 0, every output 1/2 and every f' 1/4.
        >>> network = NeuralNetwork(2, 2, 2,
        ...     weights_input_hidden=[[1, -1], [2, -2]], bias_hidden=[[-5, 5]],
        ...     weights_hidden_output=[[4, 1], [-2, 3]], bias_output=[[-1, -2]])
        >>> X, y = [[1, 2], [3, 1]], [[0, 0], [1/4, 0]]

            output_error = A2 - y             [[1/2, 1/2], [1/4, 1/2]]
            output_delta = output_error / 4   [[1/8, 1/8], [1/16, 1/8]]
            hidden_error = output_delta W2^T  [[5/8, 1/8], [3/8, 1/4]]
            hidden_delta = hidden_error / 4   [[5/32, 1/32], [3/32, 1/16]]
        >>> network.gradients(X, y) == (
        ...     [[7/16, 7/32], [13/32, 1/8]],  # 7/16 = 1 * 5/32 + 3 * 3/32
        ...     [[1/4, 3/32]],                 # 1/4 = 5/32 + 3/32
        ...     [[3/32, 1/8], [3/32, 1/8]],    # 3/32 = 1/2 * 1/8 + 1/2 * 1/16
        ...     [[3/16, 1/4]])                 # 3/16 = 1/8 + 1/16
        True
        >>> E = objective(network.feedforward(X), y)  # (1/4 + 1/4 + 1/16 + 1/4) / 2
        >>> network.backward(X, y, learning_rate=1/2)
        >>> E, network.weights_input_hidden[0][0] == 1 - 1/2 * 7/16
        (0.40625, True)
        >>> losses = network.train(X, y, 1, 1/2, verbose=False)
        >>> [round(2 * loss, 6) for n, loss in losses]  # E = 2 loss, as N K is 4
        [0.175951, 0.117498]
        """
        learning_rate = _number("learning_rate", learning_rate, above=0)
        # All slopes are computed before any change: they belong to the
        # predictions just made, and hidden_error needs the W2 that made them.
        dE_dW1, dE_db1, dE_dW2, dE_db2 = self.gradients(X, y)
        descend(self.weights_hidden_output, dE_dW2, learning_rate)
        descend(self.bias_output, dE_db2, learning_rate)
        descend(self.weights_input_hidden, dE_dW1, learning_rate)
        descend(self.bias_hidden, dE_db1, learning_rate)
        _check_parameters(self, trusted=True)  # these changes are not a user's

    def train(self, X: "Data", y: "Data", epochs: int, learning_rate: float, *,
              report_every: int = 4000, verbose: bool = True
              ) -> "list[tuple[int, float]]":
        """Take one step per epoch (a pass over all samples); return losses.

        The list has a pair for each of the epochs 0, report_every, 2 *
        report_every and so on: the epoch and the loss before its step, printed
        if verbose. The last pair, unprinted, is the number of epochs and the
        final loss. Ctrl-C keeps the steps taken; the last may be incomplete.
        Targets must be from 0 to 1. If yours go from low to high, train with
        (target - low) / (high - low); low + a * (high - low) undoes it.
        """
        X = _rows("X", X, self.input_size)
        y = _rows("y", y, self.output_size, len(X))
        epochs = _whole("epochs", epochs, 0)
        learning_rate = _number("learning_rate", learning_rate, above=0)
        report_every = _whole("report_every", report_every, 1)
        losses, entries = [], len(X) * self.output_size
        for epoch in range(epochs):
            output = self.feedforward(X)
            self.backward(X, y, learning_rate)
            if epoch % report_every == 0:
                losses.append((epoch, 2 * objective(output, y) / entries))
                if verbose:
                    print(f"Epoch {epoch}, Loss:{losses[-1][1]}")
        return losses + [(epochs, 2 * objective(self.feedforward(X), y) / entries)]

    def parameters(self) -> "dict[str, Any]":
        """Return a dict d of copies; NeuralNetwork(2, 4, 1, **d) is a twin."""
        return dict(zip(PARAMETERS, _copies(self._parameters)))

    def __repr__(self) -> str:
        return f"NeuralNetwork{(self.input_size, self.hidden_size, self.output_size)}"

# What to change: for more neurons, the sizes; for another f, sigmoid and
# sigmoid_derivative (it gets f's output), and the check of y in _rows if f can
# leave 0 to 1; for another E, objective, output_error and train's losses.

# --- The gradient check: how to know that the slopes are right -------------
def gradient_check(network: NeuralNetwork, X: "Data", y: "Data") -> float:
    """Return how far network.gradients is from slopes that are measured.

    Measuring needs no chain rule: with a small s, dE/dw is about
        (E(w + s) - E(w - s)) / (2 s)
    A larger s is cruder, a smaller one amplifies rounding. Each of the four
    matrices gives, with norm for the root of the sum of its squared entries,
        norm(gradient - measured) / (norm(gradient) + norm(measured))
    The largest is returned: near 0 if all is right, 1/3 if a gradient is
    doubled, 1 if its sign is wrong. It tells if the gradients fit feedforward
    and objective, not if these are right. Slopes near 0 drown in rounding.

    >>> network, X = NeuralNetwork(3, 4, 2, seed=1), [[0.5, -1, 2], [1.5, 0, -1]]
    >>> gradient_check(network, X, [[0, 1], [1, 0.25]]) < 1e-8
    True
    """
    X = _rows("X", X, network.input_size)
    y = _rows("y", y, network.output_size, len(X))
    twin = object.__new__(type(network))  # a copy, so that network stays as it is
    for name, value in network.__dict__.items():
        setattr(twin, name, value)
    twin._parameters = _copies(network._parameters)
    epsilon, worst, size = 1.0, 0.0, max([abs(x) for row in X for x in row]) or 1.0
    while 1.0 + epsilon / 2 > 1.0:  # epsilon: the precision of floats
        epsilon /= 2
    for matrix, slopes in zip(twin._parameters, twin.gradients(X, y)):
        gradient = _rows("gradients", slopes, len(matrix[0]), len(matrix))
        measured = [[0.0] * len(row) for row in matrix]
        for row, quotients in zip(matrix, measured):
            for place, w in enumerate(row):
                s = epsilon ** (1 / 3) * max(1 / size, abs(w))
                row[place] = w + s
                above = objective(twin.feedforward(X), y)
                row[place] = w - s
                below = objective(twin.feedforward(X), y)
                quotients[place] = (above - below) / (2 * s)
                row[place] = w
        size, norms = 1.0, _norm(gradient) + _norm(measured)
        worst = max(worst, _norm(subtract(gradient, measured)) / (norms or 1.0))
    return worst

# --- Machinery: types, checks, the start -----------------------------------
# The lesson's sums grow by +=; from Python 3.12 on, sum() rounds differently.
# Checked data are tuples, which cannot change; parameters have a checked copy.

TYPE_CHECKING = False
if TYPE_CHECKING:  # read by type checkers only
    from typing import Any, Callable, Iterable, Iterator, Sequence, SupportsFloat
    Rows = Sequence[Sequence[float]]
    Matrix = list[list[float]]
    Data = Iterable[Iterable[SupportsFloat]]

class _Frozen(tuple):  # type: ignore[type-arg]
    """Checked rows, tuples of floats."""

def _error(kind: "Any", name: str, wanted: str, value: object) -> "Any":
    """Return an error that says what is wanted and, briefly, the value."""
    if (value is None or isinstance(value, float) or isinstance(value, int)
            and abs(value) < 1e15 or isinstance(value, str) and len(value) < 30):
        return kind(f"{name} must be {wanted}, got {repr(value)}")
    return kind(f"{name} must be {wanted}, got {type(value).__name__}")

def _plain(value: "Any") -> "Any":
    """Return an array or a data frame as lists, anything else as it is."""
    if hasattr(value, "__array__") and not hasattr(value, "tolist"):
        value = value.__array__()  # a data frame: iterating gives its labels
    return value.tolist() if hasattr(value, "tolist") else value

def _number(name: str, value: "Any", above: float = -math.inf) -> float:
    """Return value as a float, if it is a finite number above the bound."""
    value = value if type(value) is float else _plain(value)
    try:
        if above < value and above < float(value) < math.inf:
            return float(value)
    except TypeError:
        raise _error(TypeError, name, "a number", value) from None
    except ArithmeticError:  # an int too large for a float, a signaling nan
        pass
    wanted = "finite" if above < 0 else f"finite and above {above}"
    raise _error(ValueError, name, wanted, value)

def _whole(name: str, value: "Any", least: int) -> int:
    """Return value, if it is an int and not below least."""
    value = _plain(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    kind = ValueError if isinstance(value, (int, float)) else TypeError
    raise _error(kind, name, f"an int, at least {least}", value)

def _items(name: str, wanted: str, value: "Any") -> "list[Any]":
    """Return the items of an array, a data frame or another iterable."""
    value = _plain(value)
    try:
        if isinstance(value, (str, bytes, bytearray, dict, set, frozenset)):
            raise TypeError
        iterator = iter(value)
    except TypeError:
        raise _error(TypeError, name, wanted, value) from None
    return list(iterator)

def _rows(name: str, value: "Any", columns: int, count: int = 0) -> "_Frozen":
    """Return value as checked rows, count in number (0: one or more)."""
    if type(value) is _Frozen and len(value[0]) == columns and count in (0, len(value)):
        return value
    if type(value) not in (list, tuple):
        value = _items(name, f"rows, as in {name} = [[...], [...]]", value)
    if not value or count not in (0, len(value)):
        raise ValueError(f"len({name}) must be {count or 'above 0'}, got {len(value)}"
                         + "; y takes one row for each row of X" * (name == "y"))
    rows, quick = [], {float, int}
    for n, row in enumerate(value):
        if type(row) not in (list, tuple):
            row = _items(f"{name}[{n}]", f"a row, as in {name} = [[...], [...]]", row)
        if len(row) != columns:
            raise ValueError(f"len({name}[{n}]) must be {columns}, got {len(row)}")
        if not (quick.issuperset(map(type, row)) and max(map(abs, row)) < 1e300
                and sum(row) < math.inf):  # sum finds a nan, which max can miss
            row = [_number(f"{name}[{n}][{m}]", entry) for m, entry in enumerate(row)]
        if name == "y" and not 0 <= min(row) <= max(row) <= 1:
            m = [0 <= a <= 1 for a in row].index(False)
            raise _error(ValueError, f"y[{n}][{m}]", "from 0 to 1 (see train)", row[m])
        rows.append(tuple(map(float, row)))
    return _Frozen(rows)

def _norm(A: "Rows") -> float:
    return math.sqrt(sum([a * a for row in A for a in row]))

def _copies(matrices: "list[Matrix]") -> "list[Matrix]":
    return [list(map(list, matrix)) for matrix in matrices]

def _check_parameters(network: NeuralNetwork, trusted: bool = False) -> None:
    """If an entry has changed, assign all, which checks them, unless trusted."""
    if network._parameters != network._checked:
        if not trusted:
            for name, matrix in zip(PARAMETERS, network._parameters):
                setattr(network, name, matrix)
        network._last_pass = [(), [], []]
        network._checked = _copies(network._parameters)

def _parameter(n: int) -> "Any":
    """Return a property that reads _parameters[n], or checks and sets it."""
    def assign(network: NeuralNetwork, value: "Any") -> None:
        D, H, K = network.input_size, network.hidden_size, network.output_size
        count, columns = ((D, H), (1, H), (H, K), (1, K))[n]
        rows = _rows(PARAMETERS[n], value, columns, count)
        if value is not network._parameters[n]:
            network._parameters = network._parameters[:]  # a copy.copy keeps its own
            network._parameters[n] = value = list(map(list, rows))
        elif len({id(row) for row in value if type(row) is list}) < count:
            value[:] = map(list, rows)  # a user put in a tuple, or one row twice
        for row, checked in zip(value, rows):
            row[:] = checked
    return property(lambda network: network._parameters[n], assign)

for _n, _name in enumerate(PARAMETERS):
    setattr(NeuralNetwork, _name, _parameter(_n))

def _normal(seed: "int | None") -> "Iterator[float]":
    """Yield random numbers, normally distributed (Box and Muller, 1958)."""
    import random  # only when a number is drawn, since some Pythons lack it
    source: "Any" = random
    if seed is not None:
        source = random.Random(seed) if hasattr(random, "Random") else random
        source.seed(seed)  # random's own source, on MicroPython
    while True:
        radius = math.sqrt(-2 * math.log(1 - source.random()))
        yield radius * math.cos(2 * math.pi * source.random())

if __name__ == "__main__":
    # The notebook set no seed and did not record its first weights. Those
    # below were fitted to its output; all that is printed is computed from them.
    network = NeuralNetwork(2, 4, 1, weights_input_hidden=[
        [-0.8914570400246056, 0.2787556926884328, 1.227048797221191,
         0.8626402083081429], [0.011837466327953215, -0.5192473365895529,
                               -0.9790011054804578, 0.4371556513607394]],
        weights_hidden_output=[[-0.12657457316333723], [1.133007462875512],
                               [-1.210978695614618], [1.0353789169101533]])
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    losses = network.train(X, y, epochs=10000, learning_rate=0.1)
    print("Predictions after training:")
    print("[" + "\n ".join(f"[{a:.8f}]" for (a,) in network.feedforward(X)) + "]")
