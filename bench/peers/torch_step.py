"""One training step of a recurrent regressor in PyTorch, one thread: the peer of `npm run bench -- train`.

Prints JSON: the median time in milliseconds of a whole step (forward, squared loss, backward, Adam) of an MI-GRU
written in PyTorch operations and of PyTorch's own additive GRU, of the sizes given as arguments
batch steps inputs units outputs. Runs where PyTorch is (Debian's python3-torch); says so where it is not.
"""
import json
import sys
import time

try:
    import torch
except ImportError:
    print(json.dumps({"missing": "PyTorch is not installed"}))
    sys.exit(0)

torch.set_num_threads(1)
torch.manual_seed(1)
batch, steps, inputs, units, outputs = (int(word) for word in sys.argv[1:6])


class MultiplicativeGru(torch.nn.Module):
    """z, r and the candidate with alpha p q + beta1 q + beta2 p + bias, reset before U."""

    def __init__(self):
        super().__init__()
        self.w = torch.nn.Parameter(torch.randn(inputs, 3 * units) / inputs**0.5)
        self.u = torch.nn.Parameter(torch.randn(units, 3 * units) / units**0.5)
        self.alpha = torch.nn.Parameter(torch.full((3 * units,), 0.5))
        self.beta1 = torch.nn.Parameter(torch.ones(3 * units))
        self.beta2 = torch.nn.Parameter(torch.ones(3 * units))
        self.bias = torch.nn.Parameter(torch.zeros(3 * units))

    def integrate(self, p, q, part):
        return (self.alpha[part] * p + self.beta1[part]) * q + self.beta2[part] * p + self.bias[part]

    def forward(self, x):
        h = torch.zeros(x.shape[1], units)
        products = x @ self.w
        gates, last = slice(0, 2 * units), slice(2 * units, 3 * units)
        for p in products:
            z, r = torch.sigmoid(self.integrate(p[:, gates], h @ self.u[:, gates], gates)).chunk(2, 1)
            candidate = torch.tanh(self.integrate(p[:, last], (r * h) @ self.u[:, last], last))
            h = h + z * (candidate - h)
        return h


class OwnGru(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = torch.nn.GRU(inputs, units)

    def forward(self, x):
        return self.cell(x)[0][-1]


def median_step(cell):
    head = torch.nn.Linear(units, outputs)
    parameters = list(cell.parameters()) + list(head.parameters())
    optimiser = torch.optim.Adam(parameters, lr=1e-3)
    x, target = torch.randn(steps, batch, inputs), torch.randn(batch, outputs)
    times = []
    for k in range(60):
        start = time.perf_counter()
        optimiser.zero_grad()
        torch.nn.functional.mse_loss(head(cell(x)), target).backward()
        optimiser.step()
        if k >= 20:
            times.append(1000 * (time.perf_counter() - start))
    return sorted(times)[len(times) // 2]


print(
    json.dumps(
        {
            "version": torch.__version__,
            "operations": median_step(MultiplicativeGru()),
            "own": median_step(OwnGru()),
        }
    )
)
