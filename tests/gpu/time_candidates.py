#!/usr/bin/env python3
"""Checks and times kernels that dev.lathe.tests.peer.CandidateDump wrote, beside PyTorch's.

    time_candidates.py FOLDER RESULTS

FOLDER holds cases.json and PTX; RESULTS gets a JSON object a line. Each kernel is run twice on
random data and compared with PyTorch in float32; wrong ones are named and not timed. Then 7
replays of CUDA graphs of each candidate and of PyTorch's own call, in random order, weights
rotating over more than 160 MB; the median counts. A kernel that hangs ends the process: started
again, it goes on after it. Needs torch, and ptxas in /usr/local/cuda/bin or on PATH.
"""

import ctypes
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

folder, results = sys.argv[1], sys.argv[2]
HALF_SHARED, ALL_SHARED = 50, 100
TENSOR_TYPES = {"BF16": 9, "F16": 6, "F32": 7, "U8": 0}
SWIZZLES = {0: 0, 32: 1, 64: 2, 128: 3}


def assemble():
    ptxas = shutil.which("ptxas") or "/usr/local/cuda/bin/ptxas"

    def one(name):
        cubin = f"{folder}/{name}.cubin"
        if not os.path.exists(cubin):
            subprocess.run([ptxas, "-arch=sm_90a", f"{folder}/{name}.ptx", "-o", cubin], check=True)

    names = [file[:-4] for file in os.listdir(folder) if file.endswith(".ptx")]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one, names))


assemble()
import torch  # noqa: E402

torch.zeros(1, device="cuda")
driver = ctypes.CDLL("libcuda.so.1")


def check(code, call):
    if code:
        raise RuntimeError(f"{call} failed with {code}")


class LaunchConfig(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint) for name in "gx gy gz bx by bz shared pad".split()] + [
        ("stream", ctypes.c_void_p), ("attributes", ctypes.c_void_p), ("count", ctypes.c_uint)]


class LaunchAttribute(ctypes.Structure):
    _fields_ = [("id", ctypes.c_uint), ("pad", ctypes.c_uint), ("value", ctypes.c_uint * 16)]


def attributes(shared):
    """The carve-out that the runtime asks for, and programmatic stream serialization."""
    both = (LaunchAttribute * 2)()
    both[0].id, both[0].value[0] = 14, ALL_SHARED if 2 * shared > 228 * 1024 else HALF_SHARED
    both[1].id, both[1].value[0] = 6, 1
    return both


def tensor_map(argument, pointer):
    memory = ctypes.create_string_buffer(128 + 64)
    address = ctypes.addressof(memory) + -ctypes.addressof(memory) % 64
    rank = len(argument["dims"])
    check(driver.cuTensorMapEncodeTiled(
        ctypes.c_void_p(address), TENSOR_TYPES[argument["dtype"]], rank, ctypes.c_void_p(pointer),
        (ctypes.c_uint64 * rank)(*argument["dims"]),
        (ctypes.c_uint64 * max(1, rank - 1))(*argument["strides"]),
        (ctypes.c_uint32 * rank)(*argument["box"]), (ctypes.c_uint32 * rank)(*[1] * rank),
        0, SWIZZLES[argument["swizzle"]], 3, 0), f"tensor map {argument}")
    return memory, address


functions = {}


def function(kernel):
    name = kernel["name"]
    if name not in functions:
        module, handle = ctypes.c_void_p(), ctypes.c_void_p()
        with open(f"{folder}/{name}.cubin", "rb") as file:
            check(driver.cuModuleLoadData(ctypes.byref(module), file.read()), name)
        check(driver.cuModuleGetFunction(ctypes.byref(handle), module, name.encode()), name)
        if kernel["shared"]:
            check(driver.cuFuncSetAttribute(handle, 8, kernel["shared"]), name)
        functions[name] = handle
    return functions[name]


class Candidate:
    """Launches of one candidate, prepared for each set of operands."""

    def __init__(self, description, operand_sets):
        kernels = {kernel["name"]: kernel for kernel in description["kernels"]}
        self.workspace = [torch.empty(buffer["bytes"], dtype=torch.uint8, device="cuda")
                          for buffer in description["workspace"]]
        places = {buffer["name"]: tensor.data_ptr()
                  for buffer, tensor in zip(description["workspace"], self.workspace)}
        shared = max(kernel["shared"] for kernel in description["kernels"])
        self.attributes = attributes(shared)
        self.sets = [[self.prepare(kernels[launch["kernel"]], launch, {**places, **operands})
                      for launch in description["launches"]] for operands in operand_sets]

    @staticmethod
    def prepare(kernel, launch, places):
        kept, pointers = [], []
        for argument in launch["args"]:
            if argument["kind"] == "map":
                value, address = tensor_map(argument, places[argument["ref"]])
            else:
                value = (ctypes.c_uint64(places[argument["ref"]]) if argument["kind"] == "ptr"
                         else ctypes.c_int32(argument["value"]) if argument["kind"] == "int"
                         else ctypes.c_float(argument["value"]))
                address = ctypes.addressof(value)
            kept.append(value)
            pointers.append(address)
        return function(kernel), kernel, launch["grid"], (ctypes.c_void_p * len(pointers))(*pointers), kept

    def run(self, index, first, stream):
        for handle, kernel, grid, arguments, _ in self.sets[index % len(self.sets)]:
            if 0 in grid:
                continue
            early = kernel["early"] and not first
            config = LaunchConfig(*grid, kernel["threads"], 1, 1, kernel["shared"], 0, stream,
                                  ctypes.addressof(self.attributes), 2 if early else 1)
            check(driver.cuLaunchKernelEx(ctypes.byref(config), handle, arguments, None), kernel["name"])
            first = False


def captured(run, repetitions):
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=torch.cuda.Stream(), capture_error_mode="thread_local"):
        for index in range(repetitions):
            run(index, index == 0, torch.cuda.current_stream().cuda_stream)
    return graph


def medians(graphs, repetitions, rounds=7):
    micros = {name: [] for name in graphs}
    for turn in range(rounds + 1):
        names = list(graphs)
        random.shuffle(names)
        for name in names:
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            graphs[name].replay()
            end.record()
            end.synchronize()
            if turn:
                micros[name].append(begin.elapsed_time(end) * 1e3 / repetitions)
    return {name: sorted(values)[len(values) // 2] for name, values in micros.items()}


def randn(*shape):
    return torch.randn(*shape, device="cuda", dtype=torch.bfloat16)


class Linear:
    def __init__(self, case):
        m, n, k, epilogue = case["m"], case["n"], case["k"], case["epilogue"]
        self.flops, self.bytes = 2 * m * n * k, 2 * n * k
        columns = n // 2 if epilogue == "swiglu" else n
        self.x, self.residual = randn(m, k), randn(m, columns)
        self.weights = [randn(n, k) / 64 for _ in range(max(1, math.ceil(160e6 / self.bytes)))]
        self.out = torch.empty(m, columns, device="cuda",
                               dtype=torch.float32 if epilogue == "f32" else torch.bfloat16)
        self.product = torch.empty(m, n, device="cuda", dtype=torch.bfloat16)
        self.epilogue = epilogue
        self.expected = self.reference()
        self.operands = [{"in": self.x.data_ptr(), "@w": weight.data_ptr(), "out": self.out.data_ptr(),
                          "res": self.residual.data_ptr()} for weight in self.weights]

    def reference(self):
        large = self.flops > 6e11
        product = ((self.x @ self.weights[0].t()).float() if large
                   else self.x.float() @ self.weights[0].float().t())
        if self.epilogue == "swiglu":
            pairs = product.view(len(product), -1, 2, 8)
            product = (torch.nn.functional.silu(pairs[:, :, 0]) * pairs[:, :, 1]).reshape(len(product), -1)
        return product + self.residual.float() if self.epilogue == "res" else product

    def actual(self):
        return self.out

    def torch_run(self, index, first, stream):
        torch.mm(self.x, self.weights[index % len(self.weights)].t(), out=self.product)

    def peers(self):
        return {"torch_epilogue": self.torch_with_epilogue} if self.epilogue in ("res", "swiglu") else {}

    def torch_with_epilogue(self, index, first, stream):
        """The same result as the kernel's, in as few calls as PyTorch has for it."""
        weight = self.weights[index % len(self.weights)].t()
        if self.epilogue == "res":
            torch.addmm(self.residual, self.x, weight, out=self.out)
        else:
            torch.mm(self.x, weight, out=self.product)
            if self.epilogue == "swiglu":
                gate, up = self.product.chunk(2, -1)
                torch.mul(torch.nn.functional.silu(gate), up, out=self.out)


class Grouped:
    """Each expert with its own rows; beside it one product of all rows with one matrix, and PyTorch's
    products of as many rows with all matrices, of equal shares and of the routing's."""

    ROUTINGS = 5

    def __init__(self, case):
        m, experts, top, n, k = (case[key] for key in ("m", "experts", "top", "n", "k"))
        self.gated, self.top, rows = case["epilogue"] == "swiglu", top, m * top
        self.rows_of_expert = rows // experts if rows % experts == 0 else 0
        self.x = randn(m if self.gated else rows, k)
        self.weight = torch.empty(experts, n, k, device="cuda", dtype=torch.bfloat16)
        for matrix in self.weight:
            matrix.copy_(randn(n, k) / 64)
        routings = [self.routing(m, experts) for _ in range(self.ROUTINGS)]
        self.starts, self.rows = zip(*routings)
        busy = sum((starts.diff() > 0).sum().item() for starts in self.starts) / self.ROUTINGS
        self.flops, self.bytes = 2 * rows * n * k, 2 * busy * n * k
        self.out = torch.empty(rows, n // 2 if self.gated else n, device="cuda", dtype=torch.bfloat16)
        self.dense, self.product = randn(rows, k), torch.empty(rows, n, device="cuda", dtype=torch.bfloat16)
        self.expected = self.reference()
        self.operands = [{"in": self.x.data_ptr(), "@w": self.weight.data_ptr(), "out": self.out.data_ptr(),
                          "starts": starts.data_ptr(), "rows": index.data_ptr()} for starts, index in routings]

    def routing(self, tokens, experts):
        chosen = torch.rand(tokens, experts, device="cuda").topk(self.top).indices.flatten()
        starts = torch.zeros(experts + 1, device="cuda", dtype=torch.int32)
        starts[1:] = torch.bincount(chosen, minlength=experts).cumsum(0)
        return starts, (torch.argsort(chosen, stable=True) // self.top).to(torch.int32)

    def reference(self):
        bounds, parts = self.starts[0].tolist(), []
        rows = self.x[self.rows[0].long()] if self.gated else self.x
        for expert, (begin, end) in enumerate(zip(bounds, bounds[1:])):
            product = (rows[begin:end] @ self.weight[expert].t()).float()
            if self.gated:
                pairs = product.view(end - begin, product.shape[1] // 16, 2, 8)
                product = (torch.nn.functional.silu(pairs[:, :, 0]) * pairs[:, :, 1]).flatten(1)
            parts.append(product)
        return torch.cat(parts)

    def actual(self):
        return self.out

    def torch_run(self, index, first, stream):
        torch.mm(self.dense, self.weight[index % len(self.weight)].t(), out=self.product)

    def peers(self):
        runs = {"torch_epilogue": self.torch_with_epilogue} if self.gated else {}
        if self.rows_of_expert:
            runs["torch_bmm"] = self.torch_bmm
        if hasattr(torch, "_grouped_mm"):
            runs["torch_grouped"] = self.torch_grouped
        return runs

    def torch_bmm(self, index, first, stream):
        shape = len(self.weight), self.rows_of_expert, -1
        torch.bmm(self.dense.view(shape), self.weight.transpose(1, 2), out=self.product.view(shape))

    def torch_grouped(self, index, first, stream):
        ends = self.starts[index % self.ROUTINGS][1:]
        torch._grouped_mm(self.dense, self.weight.transpose(1, 2), offs=ends)

    def torch_with_epilogue(self, index, first, stream):
        self.torch_run(index, first, stream)
        gate, up = self.product.chunk(2, -1)
        torch.mul(torch.nn.functional.silu(gate), up, out=self.out)


class Attention:
    MOST_SCORES = 2e9

    def __init__(self, case):
        self.batch, self.length, self.context = case["batch"], case["len"], case["ctx"]
        self.heads, self.kv, self.dim, blocks = case["heads"], case["kv"], case["hd"], case["blocks"]
        cache_bytes = 4 * self.batch * blocks * self.kv * 64 * self.dim
        copies = max(1, math.ceil(160e6 / cache_bytes)) if self.length == 1 else 1
        caches = [[randn(self.batch * blocks, self.kv, 64, self.dim) for _ in range(2)] for _ in range(copies)]
        self.caches = caches
        self.query = randn(self.batch * self.length, self.heads * self.dim)
        self.out = torch.empty_like(self.query)
        table = torch.randperm(self.batch * blocks, device="cuda").to(torch.int32).view(self.batch, blocks)
        self.table = table.contiguous()
        self.starts = (torch.arange(self.batch + 1, device="cuda") * self.length).to(torch.int32)
        self.contexts = torch.full((self.batch,), self.context, device="cuda", dtype=torch.int32)
        self.keys, self.values = (self.dense(cache) for cache in caches[0])
        self.queries = self.query.view(self.batch, self.length, self.heads, self.dim).transpose(1, 2).contiguous()
        pairs = self.length * self.context / (2 if self.length > 1 else 1)
        self.flops = 4 * self.batch * self.heads * self.dim * pairs
        self.bytes = 4 * self.batch * self.kv * self.context * self.dim
        self.checked = max(1, min(self.batch, int(self.MOST_SCORES / (self.heads * self.length * self.context))))
        self.expected = self.reference()
        self.operands = [{"q": self.query.data_ptr(), "kc": keys.data_ptr(), "vc": values.data_ptr(),
                          "bt": self.table.data_ptr(), "qs": self.starts.data_ptr(),
                          "cl": self.contexts.data_ptr(), "out": self.out.data_ptr()} for keys, values in caches]

    def dense(self, cache):
        pages = cache[self.table.long()].permute(0, 2, 1, 3, 4)
        return pages.reshape(self.batch, self.kv, -1, self.dim)[:, :, :self.context].contiguous()

    def reference(self):
        rows = []
        for i in range(self.checked):
            keys, values = (t[i].repeat_interleave(self.heads // self.kv, 0).float() for t in (self.keys, self.values))
            scores = self.queries[i].float() @ keys.transpose(-1, -2) / math.sqrt(self.dim)
            hidden = torch.ones(self.length, self.context, device="cuda", dtype=torch.bool)
            scores.masked_fill_(hidden.triu(1 + self.context - self.length), float("-inf"))
            rows.append((scores.softmax(-1) @ values).transpose(0, 1).reshape(self.length, -1))
        return torch.cat(rows)

    def actual(self):
        return self.out[:self.checked * self.length]

    def peers(self):
        return {}

    def torch_run(self, index, first, stream):
        from torch.nn.attention import SDPBackend, sdpa_kernel
        backends = [SDPBackend.CUDNN_ATTENTION] + ([SDPBackend.FLASH_ATTENTION] if self.length == 1 else [])
        with sdpa_kernel(backends):
            torch.nn.functional.scaled_dot_product_attention(
                self.queries, self.keys, self.values, is_causal=self.length > 1, enable_gqa=self.kv != self.heads)


def difference(step):
    torch.cuda.synchronize()
    delta = step.actual().float() - step.expected
    return (delta.norm() / step.expected.norm()).item()


state = results + ".state"
begun, ended = set(), set()
if os.path.exists(state):
    for line in open(state):
        kind, key = line.rstrip("\n").split("\t")
        (begun if kind == "begin" else ended).add(key)
log = open(state, "a")


def note(kind, key):
    log.write(f"{kind}\t{key}\n")
    log.flush()


def checked(case, step):
    """The candidates whose results are right, the same in both runs."""
    right = {}
    for index, description in enumerate(case["candidates"]):
        key = f"{case['name']} {description['template']} {description['config']}"
        if key in begun and key not in ended:
            print("HANGS OR FAILS", key, flush=True)
            continue
        if key not in begun:
            note("begin", key)
        signal.alarm(15)
        step.out.fill_(float("nan"))
        candidate = Candidate(description, step.operands)
        stream = torch.cuda.current_stream().cuda_stream
        candidate.run(0, True, stream)
        error = difference(step)
        first = step.actual().clone()
        candidate.run(0, True, stream)
        again = difference(step)
        note("end", key)
        if error < 0.01 and error == again and torch.equal(first, step.actual()):
            right[index] = (candidate, error)
        else:
            print("WRONG", key, error, again, flush=True)
    return right


def measure(case):
    step = {"linear": Linear, "attn": Attention, "grouped": Grouped}[case["type"]](case)
    right = checked(case, step)
    signal.alarm(60)
    expected_micros = max(step.flops / 6e8, step.bytes / 2.8e6) + 3
    repetitions = min(200, max(len(step.operands), math.ceil(1200 / expected_micros)))
    graphs = {index: captured(candidate.run, repetitions) for index, (candidate, _) in right.items()}
    for name, run in {"torch": step.torch_run, **step.peers()}.items():
        try:
            run(0, True, None)
            torch.cuda.synchronize()
            graphs[name] = captured(run, repetitions)
        except RuntimeError as error:
            if name == "torch":
                raise
            print(f"{case['name']}: no {name}: {error}", flush=True)
    micros = medians(graphs, repetitions)
    peer = micros["torch"]
    peers = {name: micros[name] for name in step.peers() if name in micros}
    whole = peers.setdefault("torch_epilogue", float("nan"))
    print(f"{case['name']}: torch {peer:.2f} us, {step.flops / peer / 1e6:.0f} TFLOP/s, "
          f"{step.bytes / peer / 1e6:.2f} TB/s; "
          + ", ".join(f"{name} {value:.2f} us" for name, value in peers.items()), flush=True)
    best = sorted((micros[index], index) for index in right)
    with open(results, "a") as file:
        for rank, (value, index) in enumerate(best):
            description = case["candidates"][index]
            row = {"case": case["name"], "us": value, "torch": peer, **peers,
                   "template": description["template"], "config": description["config"],
                   "estimate": description["estimate"], "err": right[index][1]}
            file.write(json.dumps(row) + "\n")
            if rank < 2:
                print(f"   {value:.2f} us, {step.flops / value / 1e6:.0f} TFLOP/s, "
                      f"{step.bytes / value / 1e6:.2f} TB/s, ratio {peer / value:.3f} ({whole / value:.3f}) "
                      f"{description['template']} {description['config']}", flush=True)


def copy_bandwidth():
    source = torch.empty(256 << 20, dtype=torch.uint8, device="cuda")  # more takes another way
    target = torch.empty_like(source)
    graph = {"copy": captured(lambda *_: target.copy_(source), 1)}
    return 2 * source.numel() / medians(graph, 1)["copy"] / 1e6


signal.signal(signal.SIGALRM, signal.SIG_DFL)
torch.manual_seed(1)
signal.alarm(60)
print(f"device-to-device copy: {copy_bandwidth():.3f} TB/s read and written", flush=True)
for case in json.load(open(folder + "/cases.json")):
    if case["name"] not in ended:
        signal.alarm(60)
        measure(case)
        note("end", case["name"])
        torch.cuda.empty_cache()
