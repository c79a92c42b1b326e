#!/usr/bin/env python3
"""Writes a golden: a random checkpoint of a family, and what transformers computes with it in float32 on the CPU.

usage: make_golden.py KIND FOLDER [--seed N] [FIELD=VALUE ...]

KIND is transformers' name of the configuration (`stablelm`); fields and values (JSON) are those of its configuration,
beside two layers of 128, two heads, a feed-forward layer of 256 and a vocabulary of 256. The README of the goldens
says what is written.
"""
import argparse
import json
import pathlib

import numpy as np
import torch
import transformers
from safetensors.numpy import save_file

import families
from family_cases import Case, decoder

PROMPT_TOKENS = 48


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("fields", nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_intermixed_args()
    families.GREEDY_TOKENS = 32
    fields = {name: json.loads(value) for name, value in (field.split("=", 1) for field in args.fields)}
    case = Case("golden", args.kind, decoder(128, 2, 2, 2, 256, intermediate_size=256) | fields)
    families.write_checkpoint(case, args.folder, args.seed)
    ids = np.random.default_rng(args.seed).integers(3, 256, PROMPT_TOKENS)
    model = families.load(case, args.folder, torch.float32, "cpu")
    logits = families.rows(model, ids.tolist())
    tokens, margins = families.greedy(model, ids.tolist())
    rounded = families.rows(families.load(case, args.folder, torch.bfloat16, "cpu"), ids.tolist())
    save_file({"input_ids": ids.astype(np.int32), "logits_fp32": logits, "greedy_ids_fp32": np.array(tokens, np.int32),
               "greedy_margin": np.array(margins, np.float32)}, args.folder / "expected.safetensors")
    (args.folder / "oracle.json").write_text(json.dumps({
        "transformers": transformers.__version__, "torch": torch.__version__,
        "bf16_rel_err_of_transformers": families.relative_error(rounded, logits)}))
    print(f"{args.folder}: smallest margin {min(margins):.3f}")


if __name__ == "__main__":
    main()
