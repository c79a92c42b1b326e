#!/usr/bin/env python3
"""Builds and runs random models of all families, and compares them with transformers.

usage: families.py [--device cuda|cpu] [--dtype bfloat16|float16|float32] [--only NAME ...] [--work DIR]

Of each case of family_cases.py: transformers writes a checkpoint in bfloat16 and computes its logits in float32 and
in the dtype of the run; trtllm-build and trtllm-run, found on PATH or in --bin, do the same. The relative error (norm
of difference over norm) against float32 may be 1.5 times that of transformers, and always 0.02 (float32: 1e-4). The
16 greedy tokens may differ from the first on whose margin is within the error of the logits.

Rounding may send a token to another expert: then its row is another, and so is what later tokens see of it. Mixtures of
experts therefore get many short prompts instead of one. Of each, the rows count before the first in which the last
expert that is chosen leads the first that is not by less than 0.03 deviations of the router's logits, in float32 and in
some layer: a sixth of all at least. Greedy tokens may differ from such a row on.

Prints one line a case, and writes one JSON line a case to DIR/families.jsonl. Exit code 1 if a case failed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
import transformers

from family_cases import CASES

GREEDY_TOKENS = 16
SECONDS = 90
FLOOR = {"bfloat16": 0.02, "float16": 0.005, "float32": 1e-4}
SPECIAL_TOKENS = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
EXPERTS = ("mixtral", "qwen3_moe")
CLEAR = 0.03
COUNTED = 1 / 6
SHORT = 7
HEADS = {"lm": transformers.AutoModelForCausalLM, "masked": transformers.AutoModelForMaskedLM,
         "base": transformers.AutoModel}


def scale_weights(model, generator):
    """Draws weights so that activations and logits are about 1, and attention is not uniform."""
    def draw(tensor, deviation):
        values = torch.randn(tensor.shape, generator=generator) * deviation
        tensor.data.copy_(values)

    for name, module in model.named_modules():
        kind = type(module).__name__
        for own, tensor in module.named_parameters(recurse=False):
            if "Norm" in kind or "norm" in name.rsplit(".", 1)[-1]:
                tensor.data.add_(torch.randn(tensor.shape, generator=generator) * 0.1)
            elif kind == "Embedding" or kind.endswith("Embedding"):
                draw(tensor, 1.5 * tensor.shape[-1] ** -0.5)
            elif tensor.dim() == 1:
                draw(tensor, 0.1)
            else:
                inputs = tensor.shape[0] if kind == "Conv1D" else tensor.shape[-1]
                draw(tensor, 1.3 * inputs ** -0.5)


def write_checkpoint(case, directory, seed):
    torch.manual_seed(seed)
    config = transformers.AutoConfig.for_model(case.kind, **{**SPECIAL_TOKENS, **case.config})
    model = HEADS[case.head].from_config(config)
    scale_weights(model, torch.Generator().manual_seed(seed))
    model.to(torch.bfloat16).save_pretrained(directory)
    return config


def load(case, directory, dtype, device):
    more = {"experts_implementation": "eager"} if case.kind in EXPERTS else {}
    # The eager attention of Falcon adds its slopes twice; that of Gemma 2 alone caps scores.
    attention = "sdpa" if case.kind == "falcon" else "eager"
    model = HEADS[case.head].from_pretrained(directory, dtype=dtype, attn_implementation=attention, **more)
    return model.to(device).eval()


@torch.no_grad()
def rows(model, ids, types=None):
    """Logits (tokens, vocabulary), or the activations of a model without a head."""
    more = {} if types is None else {"token_type_ids": torch.tensor([types], device=model.device)}
    if types is None:
        more["use_cache"] = False
    output = model(input_ids=torch.tensor([ids], device=model.device), **more)
    result = output.logits if "logits" in output else output.last_hidden_state
    return result[0].float().cpu().numpy()


@torch.no_grad()
def clear_rows(model, ids):
    """Rows in which the last expert that is chosen leads the first that is not, in deviations of the router's logits."""
    output = model(input_ids=torch.tensor([ids], device=model.device), output_router_logits=True, use_cache=False)
    clear = np.ones(len(ids), bool)
    for layer in output.router_logits:
        logits = layer.float().cpu().numpy().reshape(len(ids), -1)
        sums = np.abs(logits.sum(-1) - 1)
        logits = np.log(logits) if logits.min() >= 0 and sums.max() < 1e-3 else logits
        chosen = model.config.num_experts_per_tok
        ordered = -np.sort(-logits, -1)
        clear &= ordered[:, chosen - 1] - ordered[:, chosen] > CLEAR * logits.std()
    return clear


def greedy(model, ids):
    """Tokens, and the margins between the two greatest logits of each."""
    sequence, margins = list(ids), []
    for _ in range(GREEDY_TOKENS):
        last = rows(model, sequence)[-1]
        second, first = np.sort(last)[-2:]
        margins.append(float(first - second))
        sequence.append(int(last.argmax()))
    return sequence[len(ids):], margins


def relative_error(actual, expected):
    difference = np.linalg.norm(actual.astype(np.float64) - expected)
    return float(difference / np.linalg.norm(expected.astype(np.float64)))


def row_errors(actual, expected):
    return [round(relative_error(*pair), 5) for pair in zip(actual, expected)]


class Prompt:
    """What a model in float32 makes of some tokens."""

    def __init__(self, case, model, ids, types):
        self.ids, self.types = ids, types
        self.rows = rows(model, ids, types)
        self.tokens, self.margins = greedy(model, ids) if case.head == "lm" else ([], [])
        everything = ids + self.tokens
        self.clear = clear_rows(model, everything) if case.kind in EXPERTS else np.ones(len(everything), bool)
        self.counted = np.logical_and.accumulate(self.clear[:len(ids)])


class Expectation:
    """What transformers computes for a case."""

    def __init__(self, case, directory, args):
        seed = 1 + sum(case.name.encode())
        self.directory = directory
        config = write_checkpoint(case, directory / "checkpoint", seed)
        draw = np.random.default_rng(seed)
        ids = draw.integers(3, config.vocab_size, case.tokens).tolist()
        types = draw.integers(0, 2, case.tokens).tolist() if case.kind == "bert" else None
        self.length = SHORT if case.kind in EXPERTS else case.tokens
        if case.refused:
            return
        model = load(case, directory / "checkpoint", torch.float32, args.device)
        self.prompts = [Prompt(case, model, ids[i:i + self.length], types)
                        for i in range(0, case.tokens, self.length)]
        self.counted = np.concatenate([prompt.counted for prompt in self.prompts])
        self.rows = np.concatenate([prompt.rows for prompt in self.prompts])
        self.parameters = sum(p.numel() for p in model.parameters())
        rounded = load(case, directory / "checkpoint", getattr(torch, args.dtype), args.device)
        self.oracle = self.error(np.concatenate([rows(rounded, p.ids, p.types) for p in self.prompts]))

    def error(self, actual):
        return relative_error(actual[self.counted], self.rows[self.counted])

    def actual(self):
        """The rows that Lathe wrote."""
        files = ["rows.npy"] if len(self.prompts) == 1 else [f"rows-{i}.npy" for i in range(len(self.prompts))]
        return np.concatenate([np.load(self.directory / file) for file in files])


def command(args, name, *arguments):
    program = [str(pathlib.Path(args.bin) / name) if args.bin else name]
    result = subprocess.run(program + [str(a) for a in arguments], capture_output=True, text=True, timeout=SECONDS,
                            env=os.environ | {"LATHE_JAVA_OPTS": "-Xmx2g"})
    return result.returncode, result.stderr


def build(case, expected, args):
    step = min(case.step, 128) if case.head == "lm" else max(case.step, expected.length)
    length = expected.length + GREEDY_TOKENS
    return command(
        args, "trtllm-build", "--checkpoint_dir", expected.directory / "checkpoint", "--output_dir",
        expected.directory / "engine", "--dtype", args.dtype, "--target", args.target, "--tune", "off",
        "--gather_context_logits", "--max_batch_size", 2, "--max_num_tokens", step, "--max_seq_len", length,
        "--max_input_len", expected.length)


def run(case, expected, args):
    directory = expected.directory
    (directory / "ids.csv").write_text("".join(",".join(map(str, p.ids)) + "\n" for p in expected.prompts))
    common = ["--engine_dir", directory / "engine", "--device", args.device, "--input_file", directory / "ids.csv",
              "--kv_cache_free_gpu_memory_fraction", 0.02]
    if case.head == "lm":
        return command(args, "trtllm-run", *common, "--max_output_len", GREEDY_TOKENS, "--end_id", -1,
                       "--output_logits_npy", directory / "rows.npy", "--output_csv", directory / "tokens.csv")
    (directory / "types.csv").write_text(",".join(map(str, expected.prompts[0].types)) + "\n")
    return command(args, "trtllm-run", *common, "--token_types", directory / "types.csv",
                   "--output_npy", directory / "rows.npy")


def problem_of_tokens(expected, tolerance):
    """Says where the greedy tokens differ by more than the error allows; empty if they do not."""
    lines = (expected.directory / "tokens.csv").read_text().splitlines()
    if len(lines) != len(expected.prompts):
        return f"{len(lines)} outputs of {len(expected.prompts)} prompts"
    problems = (problem_of_output(prompt, [int(x) for x in line.split(",")], tolerance)
                for prompt, line in zip(expected.prompts, lines))
    return next(filter(None, problems), "")


def problem_of_output(prompt, actual, tolerance):
    for i, (found, wanted) in enumerate(zip(actual, prompt.tokens)):
        if found != wanted:
            margin = prompt.margins[i]
            if margin <= tolerance or not prompt.clear[:len(prompt.ids) + i].all():
                return ""
            return f"greedy token {i} is {found}, not {wanted}; margin {margin:.3g}"
    return "" if len(actual) == GREEDY_TOKENS else f"{len(actual)} greedy tokens"


def compare(case, expected, args, report):
    actual = expected.actual()
    if actual.shape != expected.rows.shape:
        return f"the shape is {actual.shape}, not {expected.rows.shape}"
    limit = max(FLOOR[args.dtype], 1.5 * expected.oracle)
    error = expected.error(actual)
    deviation = float(np.sqrt(np.mean(expected.rows.astype(np.float64) ** 2)))
    counted = int(expected.counted.sum())
    report |= {"error": error, "oracle": expected.oracle, "limit": limit, "deviation": deviation,
               "left_out": case.tokens - counted, "row_errors": row_errors(actual, expected.rows),
               "parameters": expected.parameters}
    if counted < COUNTED * case.tokens:
        return f"only {counted} rows have a clear choice of experts"
    if not error <= limit:
        differences = np.abs(actual - expected.rows).max(-1) * expected.counted
        return f"relative error {error:.3g}, at most {limit:.3g}; worst in row {int(differences.argmax())}"
    return problem_of_tokens(expected, 6 * limit * deviation) if case.head == "lm" else ""


def check(case, expected, args):
    """Builds, runs and compares a case; returns its report."""
    report = {"case": case.name, "tokens": case.tokens, "dtype": args.dtype, "target": args.target}
    begin = time.monotonic()
    try:
        code, errors = build(case, expected, args)
        report["build_seconds"] = round(time.monotonic() - begin, 2)
        if case.refused:
            right = code == 4 and case.refused in errors
            return report | {"problem": "" if right else f"exit code {code}, not 4 with {case.refused}: {errors}"}
        if code:
            return report | {"problem": f"trtllm-build ended with {code}: {errors}"}
        begin = time.monotonic()
        code, errors = run(case, expected, args)
        report["run_seconds"] = round(time.monotonic() - begin, 2)
        problem = f"trtllm-run ended with {code}: {errors}" if code else compare(case, expected, args, report)
    except subprocess.TimeoutExpired as late:
        problem = f"{late.cmd[0]} did not end within {SECONDS} s"
    return report | {"problem": problem}


def line(report):
    figures = ""
    if "error" in report:
        figures = "error {error:.2e} (transformers {oracle:.2e}, limit {limit:.2e})".format(**report)
        figures += ", {left_out} rows left out".format(**report) if report["left_out"] else ""
    times = "build {} s, run {} s".format(report.get("build_seconds", "-"), report.get("run_seconds", "-"))
    verdict = "FAILED: " + report["problem"][-1500:] if report["problem"] else "ok"
    return f"{report['case']:22} {verdict:6} {figures}  {times}"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    parser.add_argument("--target", help="default: that of the GPU, or cpu")
    parser.add_argument("--dtype", default="bfloat16", choices=sorted(FLOOR))
    parser.add_argument("--only", nargs="+", default=[], help="cases whose names begin so")
    parser.add_argument("--jobs", type=int, default=6, help="cases at once")
    parser.add_argument("--bin", default="", help="folder of trtllm-build and trtllm-run")
    parser.add_argument("--work", help="default: a folder that is deleted at the end")
    args = parser.parse_args()
    if not args.target:
        major, minor = torch.cuda.get_device_capability() if args.device == "cuda" else (0, 0)
        args.target = {(9, 0): "sm_90a", (0, 0): "cpu"}.get((major, minor), f"sm_{major}{minor}")
    return args


def main():
    args = arguments()
    wanted = [c for c in CASES if not args.only or any(c.name.startswith(o) for o in args.only)]
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as temporary, concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        work = pathlib.Path(args.work or temporary).absolute()
        work.mkdir(parents=True, exist_ok=True)
        running = []
        for case in wanted:
            running.append(pool.submit(check, case, Expectation(case, work / case.name, args), args))
            running[-1].add_done_callback(lambda done: print(line(done.result()), flush=True))
        reports = [future.result() for future in running]
        log = pathlib.Path(args.work or ".").absolute() / "families.jsonl"
        log.write_text("".join(json.dumps(report) + "\n" for report in reports))
    failed = [report["case"] for report in reports if report["problem"]]
    print(f"{len(reports) - len(failed)} of {len(reports)} cases are right" + (f"; not: {failed}" if failed else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
