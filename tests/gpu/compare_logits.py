#!/usr/bin/env python3
"""Compares logits that trtllm-run wrote with those of transformers on the same checkpoint.

usage: compare_logits.py CHECKPOINT IDS.csv LOGITS.npy [--max_error 0.02]

Prints one JSON line: the relative error (norm of difference over norm) against transformers in bf16 and in
float32, and that of transformers' own bf16 against its float32. Exit code 1 if the first exceeds the bound.
"""
import argparse
import json
import sys

import numpy as np
import torch
from transformers import AutoModelForCausalLM


def logits_of(checkpoint, ids, dtype):
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=dtype, device_map="cuda")
    with torch.no_grad():
        result = model(torch.tensor([ids], device="cuda")).logits[0].float().cpu().numpy()
    del model
    torch.cuda.empty_cache()
    return result


def relative_error(a, b):
    return float(np.linalg.norm(a.astype(np.float64) - b) / np.linalg.norm(b.astype(np.float64)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint")
    parser.add_argument("ids")
    parser.add_argument("logits")
    parser.add_argument("--max_error", type=float, default=0.02)
    parser.add_argument("--skip_float32", action="store_true")
    args = parser.parse_args()
    ids = [int(x) for x in open(args.ids).readline().replace(",", " ").split()]
    ours = np.load(args.logits)
    bf16 = logits_of(args.checkpoint, ids, torch.bfloat16)
    report = {"tokens": len(ids), "shape": list(ours.shape), "error_vs_bf16": relative_error(ours, bf16)}
    if not args.skip_float32:
        full = logits_of(args.checkpoint, ids, torch.float32)
        report["error_vs_float32"] = relative_error(ours, full)
        report["transformers_bf16_vs_float32"] = relative_error(bf16, full)
    report["argmax_agreement"] = float((ours.argmax(-1) == bf16.argmax(-1)).mean())
    print(json.dumps(report))
    sys.exit(0 if report["error_vs_bf16"] <= args.max_error else 1)


if __name__ == "__main__":
    main()
