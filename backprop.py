# SPDX-License-Identifier: 0BSD (copy it, change it, use it; no notice needed)
"""Backpropagation in plain Python: a small neural network learns XOR.

A neural network turns inputs into predictions, by means of numbers called
parameters. Training changes these a little at a time, so that the predictions
come closer to given targets. Backpropagation finds how to change each of them.
Run: python3 backprop.py. Check the examples: python3 -m doctest backprop.py.
Lines 1 to 383 are the lesson. It assumes derivatives from school, and lists,
loops, functions and classes of Python. Skip types: "Rows", -> float, and so on.

ONE NEURON  has a weight for each of its inputs, and one more number, its bias.
These are its parameters. It multiplies each input by its weight, and adds up
the products and the bias. The sum is called z, and the output is f(z). Here,
the activation function f is the sigmoid, 1 / (1 + e^-z), between 0 and 1.

THE SMALLEST NETWORK  has two neurons, each with a weight W and a bias b. The
first, called hidden, has the output A1. The second gets A1, and predicts A2:
    input X --W1, b1--> Z1 --f--> A1 --W2, b2--> Z2 --f--> A2 --y--> E
E = 1/2 * (A2 - y)^2 says how far A2 is from the target y, the right answer.
The square counts misses both ways, large ones more. (1/2 will cancel a 2.)
>>> from backprop import sigmoid, sigmoid_derivative
>>> X, y, W1, b1, W2, b2 = 2, 0, 1, -2, 8, -4
>>> Z1 = X * W1 + b1                           # 2 * 1 - 2 = 0
>>> A1 = sigmoid(Z1)                           # f(0) = 1/2
>>> Z2 = A1 * W2 + b2                          # 1/2 * 8 - 4 = 0
>>> A2 = sigmoid(Z2)                           # f(0) = 1/2
>>> 1/2 * (A2 - y) ** 2                        # E = 1/2 * (1/2)^2 = 1/8
0.125

A SLOPE,  or derivative, such as dE/dW2 says how E changes with one number: if
W2 rises by a small s, and the other parameters are held, E rises by about
s * dE/dW2. Each stage between W2 and E has a slope. Back from E, these are
    dE/dA2 = A2 - y    = 1/2   m = A2 - y: m^2 has the slope 2m, 1/2 m^2 has m
    dA2/dZ2 = f'(Z2)   = 1/4   the slope of f, A2 * (1 - A2), as is shown later
    dZ2/dW2 = A1       = 1/2   Z2 is A1 * W2 + b2
If W2 rises by s, Z2 rises by 1/2 of s, A2 by about 1/4 of that, and E by about
1/2 of that in turn: the slopes multiply. This is the chain rule:
    dE/dW2 = dE/dA2 * dA2/dZ2 * dZ2/dW2
             1/2    * 1/4     * 1/2     = 1/16
A bias is a weight of an input that is always 1: dZ2/db2 = 1, and dE/db2 = 1/8.
To W1, go on from Z2 (A1 moves): dZ2/dA1 = W2, dA1/dZ1 = f'(Z1), dZ1/dW1 = X:
    dE/dW1 = dE/dA2 * dA2/dZ2 * dZ2/dA1 * dA1/dZ1 * dZ1/dW1
             1/2    * 1/4     * 8       * 1/4     * 2       = 1/2
    dE/db1 = 1/2    * 1/4     * 8       * 1/4     * 1       = 1/4
All four begin alike. To compute nothing twice, begin at E, go back, and keep
each slope for the next one. This is backpropagation. In code, dE/dA2 is named
dE_dA2. As f'(Z2) is A2 * (1 - A2), sigmoid_derivative is given A2, not Z2:
>>> dE_dA2 = A2 - y                            # 1/2
>>> dE_dZ2 = dE_dA2 * sigmoid_derivative(A2)   # 1/2 * 1/4 = 1/8
>>> dE_dW2, dE_db2 = dE_dZ2 * A1, dE_dZ2       # 1/8 * 1/2 = 1/16, and 1/8
>>> dE_dA1 = dE_dZ2 * W2                       # 1/8 * 8 = 1
>>> dE_dZ1 = dE_dA1 * sigmoid_derivative(A1)   # 1 * 1/4 = 1/4
>>> dE_dW1, dE_db1 = dE_dZ1 * X, dE_dZ1        # 1/4 * 2 = 1/2, and 1/4

Measuring shows that a slope is right. Move W1 a little, in both directions:
>>> def E_of(W1): return 1/2 * (sigmoid(sigmoid(X * W1 + b1) * W2 + b2) - y) ** 2
>>> round((E_of(W1 + 0.001) - E_of(W1 - 0.001)) / 0.002, 4)  # dE/dW1 = 1/2
0.5

THE STEP  of gradient descent adds s = -learning_rate * dE/dw to a parameter w,
where the learning rate is above 0. E changes by about s * dE/dw, which is
-learning_rate * (dE/dw)^2, never above 0: if the step is small, E falls. With
E = w^2, the slope 2w is 2 at w = 1. The rate 0.1 takes w to 1 - 0.1 * 2 = 0.8,
and E to 0.64. The rate 1.5 takes w to 1 - 1.5 * 2 = -2, and E to 4. In the
network, small effects add up: all four steps lower E by about 0.1 times the
sum of the squares of 1/2, 1/4, 1/16 and 1/8, or 0.033. It falls by 0.031:
>>> W1, b1 = W1 - 0.1 * dE_dW1, b1 - 0.1 * dE_db1
>>> W2, b2 = W2 - 0.1 * dE_dW2, b2 - 0.1 * dE_db2
>>> W1, b1, W2, b2, round(E_of(W1), 3)  # E_of takes the new b1, W2, b2, too
(0.95, -2.025, 7.99375, -4.0125, 0.094)
"""
import math
# === From numbers to matrices ==============================================
# THE TASK.  XOR is 1 if exactly one of its inputs x1, x2 is 1. Each row below
# is a sample: inputs and target. One neuron, with weights v1, v2 and bias b,
# predicts 1 if z is above 0, where f(z) is above 1/2, and 0 if z is below:
#     x1  x2  target   one neuron needs
#      0   0    0                b < 0   (1)
#      0   1    1           v2 + b > 0   (2)
#      1   0    1      v1      + b > 0   (3)
#      1   1    0      v1 + v2 + b < 0   (4)
# It cannot do XOR: (2) and (3) add up to v1 + v2 + 2b > 0, (1) and (4) add up
# to v1 + v2 + 2b < 0. Three neurons can, as XOR is "OR and not AND". A hidden
# neuron says OR: in the four rows, its z = 20 x1 + 20 x2 - 10 is -10, 10, 10
# and 30, and f(z) is nearly 0, 1, 1 and 1. Another says AND: its
# z = 20 x1 + 20 x2 - 30 is -30, -10, -10 and 10. The output's
# z = 20 OR - 20 AND - 10 is -10, 10, 10 and -10. From random weights, training
# nearly always gets there with 4 hidden neurons, with 2 in about 7 runs of 10.
# Without f, they act as one neuron: if z1 = 3x + 1, then 2 z1 + 4 = 6x + 6.
# ALL AT ONCE.  With several samples, inputs and neurons, a symbol stands for
# a matrix: a list of rows, each a list of numbers. Here, X is [[0, 0], [0, 1],
# [1, 0], [1, 1]], and X[2][0] is 1. There are N samples, D inputs, H hidden
# neurons and K outputs: 4, 2, 4 and 1. Their indexes are n, i, j and k. A 1 in
# a symbol means the hidden layer, all hidden neurons; a 2, the output layer.
#     symbol  name in the class      rows x columns, and one entry
#     X                              N x D  X[n][i]: input i of sample n
#     W1      weights_input_hidden   D x H  W1[i][j]: input i to hidden neuron j
#     b1      bias_hidden            1 x H  b1[0][j]: bias of hidden neuron j
#     Z1      hidden_activation      N x H  Z1[n][j]: its z, despite the name
#     A1      hidden_output          N x H  A1[n][j]: its output f(z)
#     W2      weights_hidden_output  H x K  W2[j][k]: hidden neuron j to output k
#     b2      bias_output            1 x K  b2[0][k]: bias of output neuron k
#     Z2      output_activation      N x K  Z2[n][k]: its z, despite the name
#     A2      predicted_output       N x K  A2[n][k]: its output, the prediction
#     y                              N x K  y[n][k]: the target for it
# dE_dW1 is D x H, and holds a slope for each W1[i][j]. E is now 1/2 * the sum
# of (A2 - y)^2 over all samples and outputs. It grows with N, as do its
# slopes: more samples need a lower rate. Steps lower E. What is printed is the
# loss, the mean of the squares without the 1/2: 2E / (N K), for XOR 2E / 4.
# A parameter now changes E along several paths. W1[0][0], for example, changes
# A1[n][0] in each sample n, and each of these changes A2[n][k] for each output
# k. Along a path, the slopes multiply. Over the paths, the effects on E add
# up. If A1[n][0] feeds two outputs, with the weights 4 and 1, and dE/dZ2 is
# 1/8 at both, then its slope dE/dA1 is 1/8 * 4 + 1/8 * 1 = 5/8.

# === Matrices and the sigmoid ==============================================
# Given matrices are never changed. Shapes that do not fit raise this error:
def misfit(rule: str, A: "Rows", B: "Rows") -> ValueError:
    """Return an error that tells the rule and both shapes."""
    return ValueError(f"{rule}, got {len(A)} x {len(A[0])} and {len(B)} x {len(B[0])}")

def transpose(A: "Rows") -> "Rows":
    """Return the columns of A as rows: [(1, 3), (2, 4)] for [[1, 2], [3, 4]]."""
    return list(zip(*A))  # from all rows (*): first entries, then second ones, ...

def dot(A: "Rows", B: "Rows") -> "Matrix":
    """Return the matrix product A B. For its entry [i][j], row i of A and
    column j of B are multiplied place by place, and the products are added up.
    >>> dot([[1, 2], [3, 4]], [[5, 6], [7, 8]])  # 22 = 1 * 6 + 2 * 8
    [[19.0, 22.0], [43.0, 50.0]]
    """
    if len(A[0]) != len(B):
        raise misfit("dot: columns of the first must match rows of the second", A, B)
    columns, places = transpose(B), range(len(B))
    product = []
    for row in A:
        entries = []
        for column in columns:
            entry = 0.0
            for place in places:  # faster than zip for short rows
                entry += row[place] * column[place]
            entries.append(entry)
        product.append(entries)
    return product

def subtract(A: "Rows", B: "Rows", factor: float = 1.0) -> "Matrix":
    """Return A - factor * B, entry by entry."""
    if len(A) != len(B) or len(A[0]) != len(B[0]):
        raise misfit("add and subtract need equal shapes", A, B)
    differences, places = [], range(len(A[0]))
    for a, b in zip(A, B):
        entries = []
        for place in places:
            entries.append(a[place] - factor * b[place])
        differences.append(entries)
    return differences

def add(A: "Rows", b: "Rows") -> "Matrix":
    """Return A with the one row of b added to each of its rows."""
    # list(b) * len(A) has this row len(A) times. A - (-1) * b is A + b.
    return subtract(A, list(b) * len(A), -1.0)

def multiply(A: "Rows", B: "Rows") -> "Matrix":
    """Return A times B, entry by entry."""
    if len(A) != len(B) or len(A[0]) != len(B[0]):
        raise misfit("multiply needs equal shapes", A, B)
    products, places = [], range(len(A[0]))
    for a, b in zip(A, B):
        entries = []
        for place in places:
            entries.append(a[place] * b[place])
        products.append(entries)
    return products

def apply(function: "Any", A: "Rows") -> "Matrix":
    """Return the values of the function at all entries."""
    values = []
    for row in A:
        entries = []
        for entry in row:
            entries.append(function(entry))
        values.append(entries)
    return values

def total(numbers: "Any") -> float:
    """Return the sum, added up in order: sum() rounds otherwise in new Pythons."""
    result = 0.0
    for number in numbers:
        result += number
    return result

def sum_rows(A: "Rows") -> "Matrix":
    """Return the sum of the rows, as one row: the total of each column."""
    return [[total(column) for column in transpose(A)]]

def sigmoid(z: float) -> float:
    """Return f(z) = 1 / (1 + e^-z), which rises from 0 to 1.
    >>> sigmoid(0.0), round(sigmoid(1.0), 3), sigmoid(-1e6), sigmoid(1e6)
    (0.5, 0.731, 0.0, 1.0)
    """
    if z < -40.0:  # e^-z may be too large for a float; 1 + e^-z rounds to e^-z
        return math.exp(z)  # 1 / e^-z
    return 1.0 / (1.0 + math.exp(-z))

def sigmoid_derivative(a: float) -> float:
    """Return the slope f'(z) = a * (1 - a), given the output a = f(z)."""
    # Write u for e^-z, and v for 1 + u, so that a is 1 / v. Then dv/du = 1,
    # and by two rules to be trusted, du/dz = -u and da/dv = -1 / v^2. So
    #     f'(z) = da/dv * dv/du * du/dz = (-1 / v^2) * 1 * (-u) = u / v^2
    # This is a * (1 - a), as a = 1 / v, and 1 - a = (v - 1) / v = u / v. The
    # argument is a, since it is at hand. The slope is 1/4 at a = 1/2. It is
    # nearly 0 if a is near 0 or 1: the neuron is saturated, and learns slowly.
    return a * (1.0 - a)

# === Forward, and back =====================================================
# Below each formula stands what it gives for X = [[1, 2], [3, 1], [5, 0]],
# y = [[0, 0], [1/4, 0], [0, 1/2]], W1 = [[1, -1], [2, -2]], b1 = [[-5, 5]],
# W2 = [[4, 1], [-2, 3]] and b2 = [[-1, -2]], and how one entry comes about.
# All of A1, A2 is then 1/2. For a port, see gradient_check's example as well.
def forward(X: "Rows", W1: "Rows", b1: "Rows", W2: "Rows", b2: "Rows") -> "Four":
    """Return Z1, A1, Z2 and A2: each stage, though the way back needs only A1, A2."""
    # HIDDEN LAYER.  Z1 = X W1 + b1, where X W1 is the matrix product   N x H
    #     Z1[n][j] = (sum over i of X[n][i] * W1[i][j]) + b1[0][j]
    #     [[0, 0], [0, 0], [0, 0]]  0 = 1 * 1 + 2 * 2 - 5
    Z1 = add(dot(X, W1), b1)  # hidden_activation
    A1 = apply(sigmoid, Z1)  # hidden_output: A1 = f(Z1), entry by entry
    # OUTPUT LAYER.  Z2 = A1 W2 + b2, likewise                          N x K
    #     [[0, 0], [0, 0], [0, 0]]  0 = 1/2 * 4 + 1/2 * (-2) - 1
    Z2 = add(dot(A1, W2), b2)  # output_activation
    A2 = apply(sigmoid, Z2)  # predicted_output
    return Z1, A1, Z2, A2

def E(A2: "Rows", y: "Rows") -> float:
    """Return 1/2 * the sum of (A2 - y)^2 over all entries: 17/32 in the example."""
    m = subtract(A2, y)
    return total([total(row) for row in multiply(m, m)]) / 2

def backpropagate(X: "Rows", y: "Rows", A1: "Rows", A2: "Rows", W2: "Rows") -> "Four":
    """Return the slopes, called gradients: dE_dW1, dE_db1, dE_dW2 and dE_db2."""
    # OUTPUT LAYER.  dE_dA2 = A2 - y; 1/2 in E cancels the square's 2   N x K
    #     [[1/2, 1/2], [1/4, 1/2], [1/2, 0]]  1/4 = 1/2 - 1/4
    # Many programs begin with output_error = y - A2. All their slopes have the
    # other sign, and the step adds. Their names stand at the right, negated.
    dE_dA2 = subtract(A2, y)  # = -output_error
    # dE_dZ2 = dE_dA2 * f'(Z2), entry by entry                          N x K
    # Each Z2[n][k] changes only its own A2[n][k]. f'(Z2) is A2 * (1 - A2).
    #     [[1/8, 1/8], [1/16, 1/8], [1/8, 0]]  1/16 = 1/4 * 1/2 * 1/2
    dE_dZ2 = multiply(dE_dA2, apply(sigmoid_derivative, A2))  # = -output_delta
    # dE_dW2 = A1^T dE_dZ2, where ^T means transposed                   H x K
    #     dE_dW2[j][k] = sum over n of A1[n][j] * dE_dZ2[n][k]
    # If W2[j][k] rises by s, Z2[n][k] rises by s * A1[n][j] in each sample n,
    # and E by that times dE_dZ2[n][k]. This adds up down column j of A1, but
    # dot takes rows of its first matrix: so A1 is transposed.
    #     [[5/32, 1/8], [5/32, 1/8]]  5/32 = 1/2 * 1/8 + 1/2 * 1/16 + 1/2 * 1/8
    dE_dW2 = dot(transpose(A1), dE_dZ2)
    # dE_db2[0][k] = sum over n of dE_dZ2[n][k], as dZ2/db2 = 1         1 x K
    #     [[5/16, 1/4]]  5/16 = 1/8 + 1/16 + 1/8
    dE_db2 = sum_rows(dE_dZ2)
    # BACK TO THE HIDDEN LAYER.  dE_dA1 = dE_dZ2 W2^T                   N x H
    #     dE_dA1[n][j] = sum over k of dE_dZ2[n][k] * W2[j][k]
    # A weight acts in each sample. A1[n][j] acts on each output: if it rises
    # by s, Z2[n][k] rises by s * W2[j][k]. This adds up along row j of W2,
    # here 4, 1, but dot takes columns of its second matrix: W2 is transposed.
    #     [[5/8, 1/8], [3/8, 1/4], [1/2, -1/4]]  5/8 = 1/8 * 4 + 1/8 * 1
    dE_dA1 = dot(dE_dZ2, transpose(W2))  # = -hidden_error
    # dE_dZ1 = dE_dA1 * f'(Z1); f'(Z1) is A1 * (1 - A1)                 N x H
    #     [[5/32, 1/32], [3/32, 1/16], [1/8, -1/16]]  5/32 = 5/8 * 1/2 * 1/2
    dE_dZ1 = multiply(dE_dA1, apply(sigmoid_derivative, A1))  # = -hidden_delta
    # dE_dW1 = X^T dE_dZ1, as for W2; here, X[n][0] is 1, 3, 5           D x H
    #     [[17/16, -3/32], [13/32, 1/8]]  17/16 = 1 * 5/32 + 3 * 3/32 + 5 * 1/8
    dE_dW1 = dot(transpose(X), dE_dZ1)
    dE_db1 = sum_rows(dE_dZ1)  # [[3/8, 1/32]]                         1 x H
    return dE_dW1, dE_db1, dE_dW2, dE_db2

# === The network ===========================================================
class NeuralNetwork:
    """A network with one hidden layer, trained by gradient descent.
    It keeps sizes, parameters, and the last Z1, A1, Z2 and A2. Methods make
    new matrices, and change none. X and y are rows of numbers: lists, tuples,
    arrays, data frames, iterators. Others raise a TypeError, wrong sizes or
    values a ValueError, before any change. What you assign is not checked.
    """
    def __init__(self, input_size: int, hidden_size: int, output_size: int,
                 seed: "int | None" = None, weights_input_hidden: "Start" = None,
                 bias_hidden: "Start" = None, weights_hidden_output: "Start" = None,
                 bias_output: "Start" = None) -> None:
        self.input_size = D = check_whole("input_size", input_size, 1)
        self.hidden_size = H = check_whole("hidden_size", hidden_size, 1)
        self.output_size = K = check_whole("output_size", output_size, 1)
        # Hidden neurons with equal weights, in and out, have equal outputs and
        # slopes. They would stay equal, and act as one. So start(), below,
        # draws random weights. A seed gives the same again. Biases begin at 0.
        drawn = weights_input_hidden is None or weights_hidden_output is None
        source = random_source(seed) if drawn else None
        self.weights_input_hidden = start(
            "weights_input_hidden", weights_input_hidden, D, H, source)
        self.bias_hidden = start("bias_hidden", bias_hidden, 1, H, None)
        self.weights_hidden_output = start(
            "weights_hidden_output", weights_hidden_output, H, K, source)
        self.bias_output = start("bias_output", bias_output, 1, K, None)

    def feedforward(self, X: "Data") -> "Matrix":
        """Return the predictions for X; keep Z1, A1, Z2 and A2 under their names."""
        X = check_rows("X", X, self.input_size)
        Z1, A1, Z2, A2 = forward(X, self.weights_input_hidden, self.bias_hidden,
                                 self.weights_hidden_output, self.bias_output)
        self.hidden_activation, self.hidden_output = Z1, A1
        self.output_activation, self.predicted_output = Z2, A2
        return A2

    def gradients(self, X: "Data", y: "Data") -> "Four":
        """Return dE_dW1, dE_db1, dE_dW2 and dE_db2; targets are from 0 to 1."""
        X, y = check_samples(self, X, y)
        self.feedforward(X)  # what is kept may come from other X or parameters
        return backpropagate(X, y, self.hidden_output, self.predicted_output,
                             self.weights_hidden_output)

    def backward(self, X: "Data", y: "Data", learning_rate: float) -> None:
        """Take one step of gradient descent."""
        learning_rate = check_positive("learning_rate", learning_rate)
        # All slopes come before the first change. They belong to the same
        # predictions, and dE_dA1 needs the W2 that made these.
        dE_dW1, dE_db1, dE_dW2, dE_db2 = self.gradients(X, y)
        self.weights_input_hidden = subtract(
            self.weights_input_hidden, dE_dW1, learning_rate)
        self.bias_hidden = subtract(self.bias_hidden, dE_db1, learning_rate)
        self.weights_hidden_output = subtract(
            self.weights_hidden_output, dE_dW2, learning_rate)
        self.bias_output = subtract(self.bias_output, dE_db2, learning_rate)

    def loss(self, X: "Data", y: "Data") -> float:
        """Return the mean of (A2 - y)^2, or 2E / (N K); y may lie outside 0 to 1."""
        X = check_rows("X", X, self.input_size)
        y = check_rows("y", y, self.output_size, len(X))
        return 2 * E(self.feedforward(X), y) / (len(X) * self.output_size)

    def train(self, X: "Data", y: "Data", epochs: int, learning_rate: float,
              report_every: int = 4000, verbose: bool = True) -> "Any":
        """Take one step per epoch. Return pairs of an epoch and the loss before its
        step: at 0, report_every, 2 * report_every, ..., and last at the end."""
        X, y = check_samples(self, X, y)
        epochs = check_whole("epochs", epochs, 0)
        learning_rate = check_positive("learning_rate", learning_rate)
        report_every = check_whole("report_every", report_every, 1)
        losses = []
        for epoch in range(epochs):
            if epoch % report_every == 0:
                losses.append((epoch, self.loss(X, y)))
                if verbose:
                    print(f"Epoch {epoch}, Loss:{losses[-1][1]}")
            self.backward(X, y, learning_rate)
        return losses + [(epochs, self.loss(X, y))]

# === What to change. gradient_check(network, X, y) must stay near 0 ========
# It tests backpropagate by forward and E, not the step. Doctests may change.
# For 8 hidden neurons, write just NeuralNetwork(2, 8, 1) in the last lines.
# For tanh in the hidden layer, S-shaped from -1 to 1, with slope 1 - a * a:
#     A1 = apply(math.tanh, Z1)
#     dE_dZ1 = multiply(dE_dA1, apply(lambda a: 1 - a * a, A1))
# For predictions of any size, write A2 = Z2. Then f(z) is z, with the slope 1:
#     write dE_dZ2 = dE_dA2. Delete the loop with min(row) from check_samples.
# For classes, as cat, dog, bird, give each an output: target 1 for it, else 0.
# For another E, change it and dE_dA2. Cross-entropy, the sum of
#     -y ln A2 - (1 - y) ln(1 - A2), counts confident mistakes more: for y = 1,
#     A2 = 0.01, it is 4.6, not 0.49. The slopes of ln x and ln(1 - x) are
#     1 / x and -1 / (1 - x), so
#         dE_dA2 = -y / A2 + (1 - y) / (1 - A2), and times A2 * (1 - A2),
#         dE_dZ2 = -y * (1 - A2) + (1 - y) * A2 = A2 - y.
#     So write dE_dZ2 = subtract(A2, y), drop dE_dA2, drop 2 * in loss. E is
#         return total([-t * ln(a) - (1 - t) * ln(1 - a)
#             for row, targets in zip(A2, y) for a, t in zip(row, targets)])
#     where ln(p) is math.log(max(p, 1e-30)), as ln 0 has no value.
# For a second hidden layer, of M neurons, put one before the first. W0 is
#     D x M; W1 is M x H. In forward and, with W1, at the end of backpropagate:
#         Z0 = add(dot(X, W0), b0)
#         A0 = apply(sigmoid, Z0)
#         Z1 = add(dot(A0, W1), b1)
#         dE_dW1 = dot(transpose(A0), dE_dZ1)
#         dE_dA0 = dot(dE_dZ1, transpose(W1))
#         dE_dZ0 = multiply(dE_dA0, apply(sigmoid_derivative, A0))
#         dE_dW0, dE_db0 = dot(transpose(X), dE_dZ0), sum_rows(dE_dZ0)
#     The rest is a task for programmers: W0, b0, Z0, A0 are passed, returned,
#     kept, drawn, stepped and checked before W1, b1, Z1, A1. Give no W1 below.

# === The lesson ends here. A check of the slopes, first weights, types =====
def norm(A: "Rows") -> float:  # how large the entries are, as one number
    return math.sqrt(total([total(row) for row in multiply(A, A)]))

def gradient_check(net: NeuralNetwork, X: "Data", y: "Data", s: float = 1e-5) -> float:
    """Return how far net.gradients is from slopes that are measured.
    Without the chain rule, a slope is about (E(w + s) - E(w - s)) / (2 s). For
    each of the four matrices, norm(slopes - measured) is divided by
    norm(slopes) + norm(measured) + N * K * s * s / 4. The last term, found by
    trial, keeps slopes that are too small to be measured from counting. The
    largest is returned: near 0 if the slopes belong to forward and E, 1 if their
    sign is wrong, 1/3 if they are doubled. Floats of 32 bits need s=0.01. The
    example first prints the last row of each gradient, times 10,000:
    >>> X = [[1, 0, 2], [0, 1, -1], [2, 1, 0], [-1, 2, 1], [0.5, -1, 1]]
    >>> y = [[1, 0], [0, 1], [0.5, 0], [0, 0.25], [1, 1]]
    >>> W1, b1 = [[1, -1, 0.5, 0], [0, 1, -0.5, 2], [-1, 0.5, 1, 1]], [[1, 0, -1, 2]]
    >>> W2, b2 = [[1, -2], [2, 1], [-1, 0], [-2, -1]], [[0, 1]]
    >>> network = NeuralNetwork(3, 4, 2, None, W1, b1, W2, b2)
    >>> [round(1e4 * w) for slopes in network.gradients(X, y) for w in slopes[-1]]
    [-1731, -1938, 616, 974, -115, -1027, 329, 841, -238, -465, -593, -909]
    >>> gradient_check(network, X, y, s=0.01) < 0.01
    True
    """
    X, y = check_samples(net, X, y)
    s = check_positive("s", s)
    gradients = net.gradients(X, y)
    parameters = [[list(row) for row in A] for A in (net.weights_input_hidden,
                  net.bias_hidden, net.weights_hidden_output, net.bias_output)]
    if len(gradients) != len(parameters):
        raise ValueError(f"gradients must be {len(parameters)}, got {len(gradients)}")
    far = 0.0
    for p, A in enumerate(parameters):
        slopes = check_rows(f"gradients[{p}]", gradients[p], len(A[0]), len(A))
        measured = [list(row) for row in A]
        for i, row in enumerate(A):
            for j, w in enumerate(row):
                row[j] = w + s  # row is part of parameters: forward sees this
                above = E(forward(X, *parameters)[-1], y)  # [-1] is A2
                row[j] = w - s
                below = E(forward(X, *parameters)[-1], y)
                row[j] = w
                measured[i][j] = (above - below) / (2 * s)
        size = norm(slopes) + norm(measured) + s * s / 4 * len(X) * len(y[0])
        far = max(check_finite("result", norm(subtract(slopes, measured)) / size), far)
    return far

def random_source(seed: "int | None") -> "Any":
    import random  # only when weights are drawn: some Pythons lack it
    if seed is None:
        return random
    source: "Any" = random.Random() if hasattr(random, "Random") else random
    source.seed(check_whole("seed", seed, 0))
    return source

def normal(source: "Any") -> float:  # Box and Muller's formula, to be trusted
    radius = math.sqrt(-2 * math.log(1 - source.random()))
    return radius * math.cos(2 * math.pi * source.random())

def start(name: str, given: "Any", rows: int, columns: int, source: "Any") -> "Matrix":
    """Return what is given, else random numbers, or, without a source, one row of 0."""
    if given is not None:
        return [list(row) for row in check_rows(name, given, columns, rows)]
    if source is None:
        return [[0.0] * columns]
    return [[normal(source) for j in range(columns)] for i in range(rows)]

TYPE_CHECKING = False  # but type checkers take it as True, and read what follows
if TYPE_CHECKING:
    from typing import Any, Iterable, Sequence, SupportsFloat
    Rows = Sequence[Sequence[float]]  # a matrix given
    Matrix = list[list[float]]  # a matrix returned
    Four = tuple[Matrix, Matrix, Matrix, Matrix]
    Data = Iterable[Iterable[SupportsFloat]]  # what users pass in
    Start = Data | None

# === Checks of what users pass in: not needed to understand the lesson =====
class CheckedRows(tuple):  # type: ignore[type-arg]
    """Rows that check_rows returned. They cannot change: no second check is due."""

class CheckedTargets(CheckedRows):
    """The same, with all numbers from 0 to 1."""

def check_finite(name: str, value: "Any", place: "Any" = "") -> float:
    kind: type = ValueError  # for nan, inf, and what is too large for a float
    try:
        if math.isfinite(value):
            return float(value)
    except (TypeError, ValueError, OverflowError) as error:  # TypeError: no number
        kind = TypeError if isinstance(error, TypeError) else ValueError
    raise kind(f"{name}{place} must be a finite number, got {repr(value)[:40]}")

def check_positive(name: str, value: "Any") -> float:
    if check_finite(name, value) <= 0.0:
        raise ValueError(f"{name} must be above 0, got {float(value)}")
    return float(value)

def check_whole(name: str, value: "Any", least: int) -> int:
    value = value.tolist() if hasattr(value, "tolist") else value  # NumPy's int
    if type(value) is not int or value < least:
        kind = ValueError if isinstance(value, (int, float)) else TypeError
        raise kind(f"{name} must be an int, at least {least}, got {repr(value)[:40]}")
    return value

def as_list(value: "Any") -> "Any":
    if isinstance(value, (list, tuple)):
        return value
    if hasattr(value, "__array__"):  # an array of NumPy, a data frame of pandas, ...
        value = (value if hasattr(value, "tolist") else value.__array__()).tolist()
    if isinstance(value, (str, bytes, dict, set)):
        raise TypeError  # check_rows says what is wanted
    return list(value)

def check_rows(name: str, value: "Any", columns: int, count: int = 0) -> CheckedRows:
    if isinstance(value, CheckedRows):
        return value
    try:
        rows = [as_list(row) for row in as_list(value)]
    except TypeError:
        rows = []
    if not rows:
        raise TypeError(f"{name} must have rows, as [[1, 2]], got {repr(value)[:40]}")
    if count and len(rows) != count:  # 0: one row or more
        raise ValueError(f"{name} must have {count} rows, got {len(rows)}")
    for n, row in enumerate(rows):
        if len(row) != columns:
            raise ValueError(f"{name}[{n}] must have {columns} numbers, got {len(row)}")
        rows[n] = tuple([check_finite(name, w, [n, m]) for m, w in enumerate(row)])
    return CheckedRows(rows)

def check_samples(net: NeuralNetwork, X: "Any", y: "Any") -> "tuple[Rows, Rows]":
    X = check_rows("X", X, net.input_size)
    if not isinstance(y, CheckedTargets):
        y = CheckedTargets(check_rows("y", y, net.output_size, len(X)))
        for n, row in enumerate(y):
            if min(row) < 0.0 or max(row) > 1.0:
                raise ValueError(f"y[{n}] must be from 0 to 1, got {repr(row)[:40]}: "
                                 "write (target - low) / (high - low)")
    return X, y

if __name__ == "__main__":
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    W1 = [[-0.8914570400246056, 0.2787556926884328,  # fixed: all runs are alike
           1.227048797221191, 0.8626402083081429],
          [0.011837466327953215, -0.5192473365895529,
           -0.9790011054804578, 0.4371556513607394]]
    W2 = [[-0.12657457316333723], [1.133007462875512],
          [-1.210978695614618], [1.0353789169101533]]
    network = NeuralNetwork(2, 4, 1, weights_input_hidden=W1, weights_hidden_output=W2)
    network.train(X, y, epochs=10000, learning_rate=0.1)
    print("Predictions after training:")
    print("[" + "\n ".join([f"[{a[0]:.8f}]" for a in network.feedforward(X)]) + "]")

# It prints the losses 0.2639659691915888 (at 0), 0.006595200421080553 (at
# 4000) and 0.0022121611755944754 (at 8000), and then the predictions
# 0.02510323, 0.95959851, 0.95893597 and 0.05081071. So did the NumPy notebook
# that this file rewrites. Its weights are lost: these were found by a search.
