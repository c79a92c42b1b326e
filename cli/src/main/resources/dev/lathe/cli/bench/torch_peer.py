"""Times single operations of PyTorch, one request a line on standard input, one answer a line on
standard output, both JSON objects.

The first line that is written tells what is there: {"torch", "device"} or {"error"}. Requests:

  {"prepare": OP, ...sizes}   gets ready  -> {"method", "graph", "launches"} or {"error"}
  {"sample": true}            runs once   -> {"nanos": mean of one launch} or {"error"}

Operands that a forward pass finds in memory rather than in the cache, weights and keys and values,
exist several times and take turns. On a GPU the launches are recorded into a CUDA graph.
"""

import json
import sys
import time

MOST_LAUNCHES = 20
SAMPLE_NANOS = 4_000_000


def answer(**members):
    sys.stdout.write(json.dumps(members) + "\n")
    sys.stdout.flush()


try:
    import torch
    import torch.nn.functional as F
except Exception as problem:  # whatever keeps torch from loading, the caller does without it
    answer(error="%s: %s" % (type(problem).__name__, problem))
    sys.exit(0)

CUDA = torch.cuda.is_available()
DEVICE = torch.device("cuda" if CUDA else "cpu")


def cache_bytes():
    if not CUDA:
        return 1 << 20
    properties = torch.cuda.get_device_properties(0)
    return getattr(properties, "L2_cache_size", 0) or 50 << 20


def random(*shape, dtype):
    return torch.empty(*shape, dtype=dtype, device=DEVICE).uniform_(-1, 1)


def copies(make, bytes_of_one):
    """As many results of make() as exceed the cache twice."""
    count = min(MOST_LAUNCHES, 2 * cache_bytes() // max(1, bytes_of_one) + 1)
    return [make() for _ in range(count)]


def linear(rows, columns, inner, bias, dtype):
    x = random(rows, inner, dtype=dtype)
    b = random(columns, dtype=dtype) if bias else None
    size = columns * inner * x.element_size()
    weights = copies(lambda: random(columns, inner, dtype=dtype), size)
    return {"F.linear": [lambda w=w: F.linear(x, w, b) for w in weights]}


def rms_norm(rows, width, dtype):
    x = random(rows, width, dtype=dtype)
    w = random(width, dtype=dtype)
    return {"F.rms_norm": [lambda: F.rms_norm(x, (width,), w, 1e-5)]}


def add_rms_norm(rows, width, dtype):
    x = random(rows, width, dtype=dtype)
    r = random(rows, width, dtype=dtype)
    w = random(width, dtype=dtype)
    return {"add, F.rms_norm": [lambda: F.rms_norm(x.add(r), (width,), w, 1e-5)]}


def layer_norm(rows, width, dtype):
    x = random(rows, width, dtype=dtype)
    w, b = random(width, dtype=dtype), random(width, dtype=dtype)
    return {"F.layer_norm": [lambda: F.layer_norm(x, (width,), w, b)]}


def add_layer_norm(rows, width, dtype):
    x = random(rows, width, dtype=dtype)
    r = random(rows, width, dtype=dtype)
    w, b = random(width, dtype=dtype), random(width, dtype=dtype)
    return {"add, F.layer_norm": [lambda: F.layer_norm(x.add(r), (width,), w, b)]}


def swiglu(rows, width, dtype):
    x = random(rows, 2 * width, dtype=dtype)

    def run():
        gate, up = x.chunk(2, dim=-1)
        return F.silu(gate) * up

    return {"F.silu, mul": [run]}


def silu(rows, width, dtype):
    x = random(rows, width, dtype=dtype)
    return {"F.silu": [lambda: F.silu(x)]}


def relu(rows, width, dtype):
    x = random(rows, width, dtype=dtype)
    return {"F.relu": [lambda: F.relu(x)]}


def gelu(rows, width, dtype):
    x = random(rows, width, dtype=dtype)
    return {"F.gelu": [lambda: F.gelu(x)]}


def gelu_tanh(rows, width, dtype):
    x = random(rows, width, dtype=dtype)
    return {"F.gelu tanh": [lambda: F.gelu(x, approximate="tanh")]}


def add(rows, width, dtype):
    x = random(rows, width, dtype=dtype)
    y = random(rows, width, dtype=dtype)
    return {"add": [lambda: x.add(y)]}


def multiply(rows, width, dtype):
    x = random(rows, width, dtype=dtype)
    y = random(rows, width, dtype=dtype)
    return {"mul": [lambda: x.mul(y)]}


def embedding(rows, table, width, dtype):
    w = random(table, width, dtype=dtype)
    ids = torch.randint(0, table, (rows,), device=DEVICE)
    return {"F.embedding": [lambda: F.embedding(ids, w)]}


def gather(rows, table, width, dtype):
    x = random(table, width, dtype=dtype)
    ids = torch.randint(0, table, (rows,), device=DEVICE)
    return {"index_select": [lambda: x.index_select(0, ids)]}


def argmax(rows, width, dtype):
    x = random(rows, width, dtype=dtype)
    return {"argmax": [lambda: x.argmax(dim=-1)]}


def attention(sequences, queries, context, heads, kv_heads, head_dim, dtype):
    """Each sequence has `queries` new tokens at the end of `context` tokens."""
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.nn.attention.bias import causal_lower_right

    q = random(sequences, heads, queries, head_dim, dtype=dtype)
    size = 2 * sequences * kv_heads * context * head_dim * q.element_size()
    shape = (sequences, kv_heads, context, head_dim)
    caches = copies(lambda: (random(*shape, dtype=dtype), random(*shape, dtype=dtype)), size)
    causal = queries == context and queries > 1
    mask = causal_lower_right(queries, context) if 1 < queries < context else None

    def with_backend(backend):
        def run(k, v):
            with sdpa_kernel([backend]):
                return F.scaled_dot_product_attention(
                    q, k, v, attn_mask=mask, is_causal=causal, enable_gqa=heads != kv_heads
                )

        return [lambda k=k, v=v: run(k, v) for k, v in caches]

    names = ["FLASH_ATTENTION", "CUDNN_ATTENTION", "EFFICIENT_ATTENTION", "MATH"]
    return {
        "SDPA " + name.lower(): with_backend(getattr(SDPBackend, name))
        for name in names
        if hasattr(SDPBackend, name)
    }


OPS = {
    op.__name__: op
    for op in (
        linear, rms_norm, add_rms_norm, layer_norm, add_layer_norm, swiglu, silu, relu, gelu,
        gelu_tanh, add, multiply, embedding, gather, argmax, attention,
    )
}


def gpu_nanos(work):
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    work()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) * 1e6


def cpu_nanos(work):
    start = time.perf_counter_ns()
    work()
    return time.perf_counter_ns() - start


nanos = gpu_nanos if CUDA else cpu_nanos


class Prepared:
    """Launches of one method, ready to run."""

    def __init__(self, method, variants):
        self.method = method
        self.variants = variants  # a recorded graph does not keep its operands alive
        # The first launches choose algorithms and load what is loaded late.
        for variant in variants + variants[:1]:
            variant()
        probe = min(nanos(variants[i % len(variants)]) for i in range(3))
        self.launches = int(max(1, min(MOST_LAUNCHES, SAMPLE_NANOS // max(1, probe))))
        self.work = lambda: self.put(variants)
        self.graph = False
        if CUDA:
            self.record(variants)
        self.sample()

    def put(self, variants):
        for i in range(self.launches):
            variants[i % len(variants)]()

    def record(self, variants):
        try:
            graph = torch.cuda.CUDAGraph()
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                variants[0]()
            torch.cuda.current_stream().wait_stream(side)
            with torch.cuda.graph(graph):
                self.put(variants)
            self.work = graph.replay
            self.graph = True
        except RuntimeError:
            torch.cuda.synchronize()

    def sample(self):
        return nanos(self.work) / self.launches


def prepare(op, dtype, **sizes):
    """The fastest of the methods that there are for an operation."""
    best, least, problems = None, None, []
    for method, variants in OPS[op](dtype=getattr(torch, dtype), **sizes).items():
        try:
            prepared = Prepared(method, variants)
            took = min(prepared.sample() for _ in range(3))
        except RuntimeError as problem:
            problems.append("%s: %s" % (method, str(problem).split("\n")[0]))
            continue
        if least is None or took < least:
            best, least = prepared, took
    if best is None:
        raise RuntimeError("; ".join(problems))
    return best


def main():
    name = torch.cuda.get_device_name(0) if CUDA else "CPU"
    answer(torch=torch.__version__, device=name)
    prepared = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                prepared = None
                if CUDA:
                    torch.cuda.empty_cache()
                op = request.pop("prepare")
                prepared = prepare(op, **request)
                answer(method=prepared.method, graph=prepared.graph, launches=prepared.launches)
            else:
                answer(nanos=prepared.sample())
        except Exception as problem:
            answer(error="%s: %s" % (type(problem).__name__, str(problem).split("\n")[0]))


with torch.inference_mode():
    main()
