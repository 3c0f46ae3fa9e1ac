"""Backpropagation in plain Python: a small network learns XOR, explained.

    python3 backprop.py                   trains the network and prints the run
    python3 -m doctest backprop.py        runs the examples; silence is success
    from backprop import NeuralNetwork    puts it to use in another program

It redoes a NumPy notebook with lists, for Python 3.6 on, PyPy and MicroPython.

From X to E.  A network turns rows of inputs X into rows of predictions A2.
Each of its two layers multiplies by its weights W, adds its bias b to every
row, and squeezes each entry between 0 and 1 with a function f, the sigmoid:

    X -> Z1 = X W1 + b1 -> A1 = f(Z1) -> Z2 = A1 W2 + b2 -> A2 = f(Z2) -> E

X W1 is the matrix product: its entry [n][j] is the sum over i of X[n][i] times
W1[i][j]. A neuron is a column of a W and its entry of b. For XOR, which is 1
if exactly one of two inputs is 1, layer 1 has 4 neurons, called hidden, and
layer 2 has 1. Each input reaches each hidden neuron by a weight of its own:

               +---> neuron 1 ---+
    input 1 ---+---> neuron 2 ---+
               |                 +---> output neuron ---> prediction
    input 2 ---+---> neuron 3 ---+
               +---> neuron 4 ---+
       X       W1     b1, A1     W2        b2, A2

What is minimised.  E = 1/2 * sum of (A2 - y)^2, over all entries, says how far
the predictions are off the targets y. The gradient of E holds, for each
parameter w (a weight or bias), the slope dE/dw: how E changes, per unit, with
a small change of w alone. If each w moves by a small s of its own, E moves by
about the sum of s * dE/dw. With s = -learning_rate * dE/dw no term is above 0:
unless all slopes are 0, E falls, if learning_rate is above 0 and small enough.
Gradient descent repeats such steps; backpropagation computes the slopes.

A matrix is a list of rows, a row a list of floats. With N samples (the rows of
X and y), D inputs, H hidden neurons and K outputs:

    symbol   name in the code         shape    for XOR
    X        X                        N x D    4 x 2
    W1       weights_input_hidden     D x H    2 x 4
    b1       bias_hidden              1 x H    1 x 4
    A1       hidden_output            N x H    4 x 4     Z1 has the same shape
    W2       weights_hidden_output    H x K    4 x 1
    b2       bias_output              1 x K    1 x 1
    A2       predicted_output         N x K    4 x 1     Z2 has the same shape
    y        y                        N x K    4 x 1
"""

import math


# --- Forward: from X to the predictions and E ------------------------------
def sigmoid(z):
    """Return f(z) = 1 / (1 + e^-z), which rises from 0 to 1.

    >>> sigmoid(0.0), round(sigmoid(2.0), 6), sigmoid(-1e6), sigmoid(1e6)
    (0.5, 0.880797, 0.0, 1.0)
    """
    if z < -709:  # e^-z nears "math range error", and 1 + e^-z rounds to e^-z
        return math.exp(z)
    return 1 / (1 + math.exp(-z))


def sigmoid_derivative(a):
    """Return the slope f'(z), given not z, which is not kept, but a = f(z).

    With u = e^-z, whose derivative is -u, a = 1 / (1 + u) has the derivative
    u / (1 + u)^2. As 1 - a = u / (1 + u), that is a * (1 - a). It is largest,
    1/4, at a = 1/2. With a near 0 or 1 it is nearly 0: the neuron is
    saturated, and its weights hardly learn.

    >>> sigmoid_derivative(0.5), sigmoid_derivative(0.75), sigmoid_derivative(1.0)
    (0.25, 0.1875, 0.0)
    """
    return a * (1 - a)


def layer_output(inputs, weights, bias):
    """Return A = f(X W + b) for X = inputs, W = weights, b = bias.

    >>> layer_output([[1.0, 2.0]], [[3.0, 4.0], [-1.5, 0.5]], [[0.0, -5.0]])
    [[0.5, 0.5]]
    """
    # Sums grow by +=: from Python 3.12 on, sum() rounds differently.
    over_i, over_j = range(len(weights)), range(len(weights[0]))
    A = []
    for x in inputs:
        row = []
        for j in over_j:
            # z_j = (sum over i of x_i * weights_ij) + bias_j
            z = 0.0
            for i in over_i:
                z += x[i] * weights[i][j]
            row.append(sigmoid(z + bias[0][j]))
        A.append(row)
    return A


def forward(X, weights_input_hidden, bias_hidden, weights_hidden_output, bias_output):
    """Return hidden_output and predicted_output for the rows of X.

    XOR needs a hidden layer. One neuron, f(x1 v1 + x2 v2 + b), exceeds 1/2
    where its sum exceeds 0, on one side of a line. XOR would take b < 0,
    v1 + b > 0, v2 + b > 0 and v1 + v2 + b < 0; but the middle two add up to
    v1 + v2 + 2b > 0, the others to v1 + v2 + 2b < 0. And f is needed: without,
    (X W1 + b1) W2 + b2 = X (W1 W2) + (b1 W2 + b2), no more than one layer.
    """
    # A1 = f(X W1 + b1)     N x H  from  (N x D)(D x H) + (1 x H)
    hidden_output = layer_output(X, weights_input_hidden, bias_hidden)
    # A2 = f(A1 W2 + b2)    N x K  from  (N x H)(H x K) + (1 x K)
    predicted_output = layer_output(hidden_output, weights_hidden_output, bias_output)
    return hidden_output, predicted_output


def objective(predicted_output, y):
    """Return E = 1/2 * sum of (A2 - y)^2, for two N x K matrices."""
    total = 0.0
    for predictions, targets in zip(predicted_output, y):
        for prediction, target in zip(predictions, targets):
            total += (prediction - target) * (prediction - target)  # ** 2 can raise
    return total / 2


# --- Backward: from E to the four gradients, and the step ------------------
def backpropagate(X, y, hidden_output, predicted_output, weights_hidden_output):
    """Return the gradients dE/dW1, dE/db1, dE/dW2 and dE/db2.

    The chain rule, for single entries: on one path to E the slopes multiply,

        dE/dW2 = dE/dA2 * dA2/dZ2 * dZ2/dW2
        dE/dW1 = dE/dA2 * dA2/dZ2 * dZ2/dA1 * dA1/dZ1 * dZ1/dW1

    and over several paths, through several outputs or samples, the products
    add up. What the paths share is multiplied once, from E backwards: "error"
    is dE/dA, "delta" dE/dZ. For matrices, with * entry by entry, ^T for rows
    and columns swapped, and each line's new factor in the last column:

        output_error = A2 - y                          N x K   dE/dA2
        output_delta = output_error * A2 * (1 - A2)    N x K   dA2/dZ2 = f'(Z2)
        hidden_error = output_delta W2^T               N x H   dZ2/dA1 = W2
        hidden_delta = hidden_error * A1 * (1 - A1)    N x H   dA1/dZ1 = f'(Z1)
        dE/dW2 = A1^T output_delta                     H x K   dZ2/dW2 = A1
        dE/dW1 = X^T hidden_delta                      D x H   dZ1/dW1 = X
        dE/db1, dE/db2: rows of the layer's delta, added up    dZ/db = 1

    The 1/2 in E has cancelled the 2 of the square. A bias is the weight of an
    input that is always 1. W2^T sums over the outputs, A1^T and X^T over the
    samples; only these products have the right shapes for every N, D, H and K.
    """
    D, H, K = len(X[0]), len(hidden_output[0]), len(y[0])
    over_i, over_j, over_k = range(D), range(H), range(K)
    # A new list for each row: [[0.0] * H] * D would be one row, D times.
    dW1, db1 = [[0.0] * H for i in over_i], [0.0] * H
    dW2, db2 = [[0.0] * K for j in over_j], [0.0] * K
    for x, a1, a2, targets in zip(X, hidden_output, predicted_output, y):
        output_delta = []  # a row of the matrix; the others, entry by entry
        for k in over_k:
            output_error = a2[k] - targets[k]  # dE/dA2
            output_delta.append(output_error * sigmoid_derivative(a2[k]))  # dE/dZ2
            db2[k] += output_delta[k]
        for j in over_j:
            hidden_error = 0.0  # dE/dA1, entry j of output_delta W2^T
            for k in over_k:
                hidden_error += output_delta[k] * weights_hidden_output[j][k]
                dW2[j][k] += a1[j] * output_delta[k]  # A1^T output_delta
            hidden_delta = hidden_error * sigmoid_derivative(a1[j])  # dE/dZ1
            db1[j] += hidden_delta
            for i in over_i:
                dW1[i][j] += x[i] * hidden_delta  # X^T hidden_delta
    return dW1, [db1], dW2, [db2]


def descend(parameters, gradients, learning_rate):
    """Change each parameter in place: w -= learning_rate * dE/dw.

    The gradient points uphill; the minus goes down. With y - A2, also common,
    every gradient has the other sign, and += is the same step. A whole step by
    hand, for X = 2, y = 1 and the parameters below: Z1 = 2 * 0.5 - 1 = 0 and
    A1 = 1/2, Z2 = 1/2 * 2 - 1 = 0 and A2 = 1/2, so both f' are 1/4.

    >>> parameters = [[0.5]], [[-1.0]], [[2.0]], [[-1.0]]
    >>> A1, A2 = forward([[2.0]], *parameters)
    >>> # output_error = 1/2 - 1 = -0.5        output_delta = -0.5 * 1/4 = -0.125
    >>> # hidden_error = -0.125 * 2 = -0.25    hidden_delta = -0.25 * 1/4 = -0.0625
    >>> gradients = backpropagate([[2.0]], [[1.0]], A1, A2, parameters[2])
    >>> gradients  # dW1 = X * hidden_delta, db1, dW2 = A1 * output_delta, db2
    ([[-0.125]], [[-0.0625]], [[-0.0625]], [[-0.125]])
    >>> descend(parameters, gradients, learning_rate=0.5)
    >>> parameters
    ([[0.5625]], [[-0.96875]], [[2.03125]], [[-0.9375]])
    """
    for matrix, gradient in zip(parameters, gradients):
        over_j = range(len(matrix[0]))
        for row, slopes in zip(matrix, gradient):
            for j in over_j:
                row[j] -= learning_rate * slopes[j]


# --- Checks ----------------------------------------------------------------
# The functions above trust their arguments: zip and index loops would silently
# drop what is too long. A user's rows are checked and copied here, once.
def _number(name, value, above=float("-inf")):
    """Return value as a float, if it is a finite number above the bound."""
    try:
        finite = math.isfinite(value)  # takes no strings, as float() would
    except TypeError:
        raise TypeError(f"{name} must be a number, got {value!r}") from None
    except OverflowError:
        raise ValueError(f"{name} must fit a float, got one too large") from None
    if not finite:
        raise ValueError(f"{name} must be finite, got {value!r}")
    if float(value) <= above:
        raise ValueError(f"{name} must be above {above}, got {value!r}")
    return float(value)


def _whole(name, value, least):
    """Return value as an int, if whole, >= least, no bool and no float."""
    number = _number(name, value)
    if isinstance(value, (bool, float)) or number % 1 or number < least:
        raise ValueError(f"{name} must be an int >= {least}, got {value!r}")
    return int(value)


def _matrix(name, value, *shape):
    """Return value as new lists of floats of that shape (None: 1 or more)."""
    if not shape:
        return _number(name, value)
    try:
        if isinstance(value, (str, bytes, dict, set)):
            raise TypeError
        items = list(value.tolist() if hasattr(value, "tolist") else value)
    except TypeError:
        raise TypeError(f"{name} must be a list or array, got {value!r}") from None
    if not items or shape[0] not in (None, len(items)):
        raise ValueError(f"{name} needs length {shape[0] or '>= 1'}, got {len(items)}")
    return [_matrix(f"{name}[{n}]", item, *shape[1:]) for n, item in enumerate(items)]


# --- The network -----------------------------------------------------------
PARAMETERS = ("weights_input_hidden", "bias_hidden",
              "weights_hidden_output", "bias_output")


def standard_normal(seed):
    """Yield normal numbers of mean 0 and variance 1 (Box and Muller, 1958)."""
    import random  # some Pythons lack it; MicroPython's has no gauss, no Random
    u = random.random if seed is None else random.Random(seed).random
    while True:
        yield math.sqrt(-2 * math.log(1 - u())) * math.cos(2 * math.pi * u())


class NeuralNetwork:
    """A network with one hidden layer, trained by gradient descent on E.

    The sizes are D, H and K. Weights not given are drawn, the same for the
    same seed (MicroPython takes none); biases start at 0. The PARAMETERS may
    be saved and assigned. Lists, tuples and arrays go in, lists of floats come
    out. Bad input raises TypeError or ValueError, and changes nothing.

    >>> network = NeuralNetwork(2, 4, 1, seed=1)
    >>> X, y = [(0, 0), (0, 1), (1, 0), (1, 1)], [(0,), (1,), (1,), (0,)]
    >>> losses = network.train(X, y, epochs=4000, learning_rate=1.0, quiet=True)
    >>> [[round(a, 3) for a in row] for row in network.feedforward(X)]
    [[0.011], [0.981], [0.983], [0.022]]
    """

    def __init__(self, input_size, hidden_size, output_size, *, seed=None,
                 weights_input_hidden=None, weights_hidden_output=None):
        self.input_size = D = _whole("input_size", input_size, 1)
        self.hidden_size = H = _whole("hidden_size", hidden_size, 1)
        self.output_size = K = _whole("output_size", output_size, 1)
        # Random: neurons equal in W1 and in W2, at 0 or not, get equal slopes
        # and stay equal. Some starts get stuck; with more neurons, fewer do.
        draws = standard_normal(None if seed is None else _whole("seed", seed, 0))
        if weights_input_hidden is None:
            weights_input_hidden = [[next(draws) for j in range(H)] for i in range(D)]
        if weights_hidden_output is None:
            weights_hidden_output = [[next(draws) for k in range(K)] for j in range(H)]
        self.weights_input_hidden = weights_input_hidden
        self.weights_hidden_output = weights_hidden_output
        self.bias_hidden, self.bias_output = [[0.0] * H], [[0.0] * K]
        self.hidden_output = self.predicted_output = None
        self._parameters(replace=True)

    def _parameters(self, replace=False):
        """Return checked copies of PARAMETERS; replace: put them in place."""
        D, H, K = self.input_size, self.hidden_size, self.output_size
        shapes = (D, H), (1, H), (H, K), (1, K)
        copies = [_matrix(name, getattr(self, name), *shape)
                  for name, shape in zip(PARAMETERS, shapes)]
        if replace:
            for name, copy in zip(PARAMETERS, copies):
                setattr(self, name, copy)
        return copies

    def feedforward(self, X):
        """Return predicted_output for X; keep it and hidden_output."""
        X = _matrix("X", X, None, self.input_size)
        self.hidden_output, self.predicted_output = forward(X, *self._parameters())
        return [row[:] for row in self.predicted_output]

    def gradients(self, X, y):
        """Return E's gradients, in the order of PARAMETERS; change nothing."""
        X = _matrix("X", X, None, self.input_size)
        y = _matrix("y", y, len(X), self.output_size)
        W1, b1, W2, b2 = self._parameters()
        return backpropagate(X, y, *forward(X, W1, b1, W2, b2), W2)

    def backward(self, X, y, learning_rate):
        """Take one descent step; call feedforward with this X just before.

        All gradients come before any change: hidden_error takes the old W2.
        """
        if self.predicted_output is None:
            raise ValueError("X must pass feedforward before backward, got no pass")
        X = _matrix("X", X, len(self.predicted_output), self.input_size)
        y = _matrix("y", y, len(X), self.output_size)
        learning_rate = _number("learning_rate", learning_rate, above=0)
        parameters = self._parameters(replace=True)
        outputs = self.hidden_output, self.predicted_output
        descend(parameters, backpropagate(X, y, *outputs, parameters[2]), learning_rate)

    def train(self, X, y, epochs, learning_rate, *, report_every=4000, quiet=False):
        """Take one step per epoch; return the losses as (epoch, loss) pairs.

        An epoch is one pass over all samples, the full batch. Before steps 0,
        report_every, 2 * report_every, ... the loss is kept, and printed
        unless quiet. It is the mean of (A2 - y)^2, 2E / (N K), for XOR E / 2:
        a learning rate of 0.1 for E is one of 0.2 for the loss.
        """
        X = _matrix("X", X, None, self.input_size)
        y = _matrix("y", y, len(X), self.output_size)
        epochs = _whole("epochs", epochs, 0)
        learning_rate = _number("learning_rate", learning_rate, above=0)
        report_every = _whole("report_every", report_every, 1)
        parameters, losses = self._parameters(replace=True), []
        for epoch in range(epochs):
            hidden, predicted = forward(X, *parameters)
            if epoch % report_every == 0:
                loss = 2 * objective(predicted, y) / (len(y) * len(y[0]))
                losses.append((epoch, loss))
                if not quiet:
                    print(f"Epoch {epoch}, Loss:{loss}")
            gradients = backpropagate(X, y, hidden, predicted, parameters[2])
            descend(parameters, gradients, learning_rate)
            self.hidden_output, self.predicted_output = hidden, predicted
        return losses


# --- How to tell that it is right: the gradient check ----------------------
def gradient_check(network, X, y, gradients):
    """Return the sum of |gradient - slope|, with the slopes measured on E.

    Measuring takes no chain rule, but two forward passes for each parameter w:
    dE/dw is about (E(w + s) - E(w - s)) / (2 s), the central difference. A
    larger s makes it cruder, a smaller s amplifies rounding.

    >>> network = NeuralNetwork(3, 4, 2, seed=1)
    >>> X, y = [[0.5, -1.0, 2.0], [1.5, 0.0, -0.5]], [[0.0, 1.0], [1.0, 0.25]]
    >>> gradients = network.gradients(X, y)
    >>> gradient_check(network, X, y, gradients) < 1e-9
    True
    >>> gradients[0][2][1] *= -1  # a wrong sign in one of the 26 slopes
    >>> gradient_check(network, X, y, gradients) > 1e-3
    True
    """
    X = _matrix("X", X, None, network.input_size)
    y = _matrix("y", y, len(X), network.output_size)
    parameters, s, total = network._parameters(), 1e-5, 0.0
    gradients = _matrix("gradients", gradients, len(parameters), None, None)
    for n, matrix in enumerate(parameters):
        gradient = _matrix(f"gradients[{n}]", gradients[n], len(matrix), len(matrix[0]))
        for row, slopes in zip(matrix, gradient):
            for j, w in enumerate(row):
                row[j] = w + s
                plus = objective(forward(X, *parameters)[1], y)
                row[j] = w - s
                minus = objective(forward(X, *parameters)[1], y)
                row[j] = w
                total += abs((plus - minus) / (2 * s) - slopes[j])
    return total


if __name__ == "__main__":
    # The notebook set no seed, so its start is lost. These twelve weights were
    # fitted to its output; all that is printed here is computed from them.
    network = NeuralNetwork(
        2, 4, 1,
        weights_input_hidden=[[-0.8914570400246056, 0.2787556926884328,
                               1.227048797221191, 0.8626402083081429],
                              [0.011837466327953215, -0.5192473365895529,
                               -0.9790011054804578, 0.4371556513607394]],
        weights_hidden_output=[[-0.12657457316333723], [1.133007462875512],
                               [-1.210978695614618], [1.0353789169101533]])
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    network.train(X, y, epochs=10000, learning_rate=0.1)
    print("Predictions after training:")
    print("[" + "\n ".join(f"[{a:.8f}]" for (a,) in network.feedforward(X)) + "]")
