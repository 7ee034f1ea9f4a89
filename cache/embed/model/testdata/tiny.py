"""Makes the small models of the tests, with random weights, and their golden files.

    pip install numpy onnx onnxruntime tokenizers sentencepiece && python tiny.py

tiny       a BERT with WordPiece in 32-bit safetensors
tiny-onnx  the same weights as 32-bit ONNX, without names on the matrices, as torch exports them
tiny-int8  the same in 8 bits, as onnxruntime's dynamic quantisation writes them
unigram    a tokenizer.json alone: Unigram with a compiled character map

The golden vectors come from the forward pass below, in 32 bits; the golden tokens from tokenizers.
"""
import io
import json
import math
import os
import struct

import numpy as np
import onnx
import onnxruntime.quantization as quantization
import sentencepiece
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

H, HEADS, WIDE, LAYERS, POSITIONS = 16, 2, 24, 2, 16
rng = np.random.default_rng(7)
words = "[PAD] [UNK] [CLS] [SEP] [MASK] how do i re ##set the pass ##word of my account change a key ##s what is weather in paris 天 气 ? . , ! ' 1 2 ##3".split()
texts = ["How do I reset the password of my account?", "what is the WEATHER in Páris", "天气", "change a key, keys!", "unknown zebra 23", "re"]


def array(*shape):
    return rng.normal(0, .25, shape).astype(np.float32)


def weights():
    w = {"embeddings.word_embeddings.weight": array(len(words), H), "embeddings.position_embeddings.weight": array(POSITIONS, H),
         "embeddings.token_type_embeddings.weight": array(2, H), "embeddings.LayerNorm.weight": 1 + array(H), "embeddings.LayerNorm.bias": array(H)}
    for i in range(LAYERS):
        p = f"encoder.layer.{i}."
        for name, out, into in [("attention.self.query", H, H), ("attention.self.key", H, H), ("attention.self.value", H, H),
                                ("attention.output.dense", H, H), ("intermediate.dense", WIDE, H), ("output.dense", H, WIDE)]:
            w[p + name + ".weight"], w[p + name + ".bias"] = array(out, into), array(out)
        for name in ["attention.output.LayerNorm", "output.LayerNorm"]:
            w[p + name + ".weight"], w[p + name + ".bias"] = 1 + array(H), array(H)
    return w


def forward(w, ids):
    def norm(x, name):
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * w[name + ".weight"] + w[name + ".bias"]

    def linear(x, name):
        return x @ w[name + ".weight"].T + w[name + ".bias"]

    x = norm(w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:len(ids)] + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for i in range(LAYERS):
        p = f"encoder.layer.{i}."
        q, k, v = (linear(x, p + "attention.self." + n).reshape(len(ids), HEADS, -1).transpose(1, 0, 2) for n in ["query", "key", "value"])
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(H // HEADS)
        odds = np.exp(scores - scores.max(-1, keepdims=True))
        odds /= odds.sum(-1, keepdims=True)
        x = norm(x + linear((odds @ v).transpose(1, 0, 2).reshape(len(ids), H), p + "attention.output.dense"), p + "attention.output.LayerNorm")
        y = linear(x, p + "intermediate.dense")
        y = y * .5 * (1 + np.vectorize(math.erf)(y / math.sqrt(2)))
        x = norm(x + linear(y, p + "output.dense"), p + "output.LayerNorm")
    v = x.mean(0)
    return v / np.linalg.norm(v)


def safetensors(w):
    header, body = {}, b""
    for name, a in w.items():
        header[name] = {"dtype": "F32", "shape": list(a.shape), "data_offsets": [len(body), len(body) + a.nbytes]}
        body += a.tobytes()
    h = json.dumps(header).encode()
    return struct.pack("<Q", len(h)) + h + body


def graph(w):
    """The nodes of the linear layers and tables, which is what a reader of weights needs."""
    nodes, initializers, number = [], [], 100
    for name, a in w.items():
        if name.endswith("weight") and a.ndim == 2 and not name.startswith("embeddings"):
            number += 1
            initializers.append(numpy_helper.from_array(np.ascontiguousarray(a.T), f"onnx::MatMul_{number}"))
            wide = name.endswith("output.dense.weight") and "attention" not in name
            nodes.append(helper.make_node("MatMul", ["x_wide" if wide else "x", f"onnx::MatMul_{number}"], [f"product_{number}"]))
            nodes.append(helper.make_node("Add", [name.replace(".weight", ".bias"), f"product_{number}"], [f"sum_{number}"]))
            continue
        initializers.append(numpy_helper.from_array(a, name))
        if a.ndim == 2:
            nodes.append(helper.make_node("Gather", [name, "ids"], [name + "_rows"]))
        elif "LayerNorm" in name:
            nodes.append(helper.make_node("Mul", ["x", name], [name + "_used"]))
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", H]), helper.make_tensor_value_info("x_wide", TensorProto.FLOAT, ["n", WIDE]),
              helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])]
    outputs = [helper.make_tensor_value_info(n.output[0], TensorProto.FLOAT, None) for n in nodes if n.op_type != "MatMul"]
    return helper.make_model(helper.make_graph(nodes, "tiny", inputs, outputs, initializers), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def write(name, content):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())


config = {"model_type": "bert", "hidden_act": "gelu", "hidden_size": H, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
          "intermediate_size": WIDE, "max_position_embeddings": POSITIONS, "vocab_size": len(words), "layer_norm_eps": 1e-12}
tokenizer = Tokenizer(models.WordPiece({t: i for i, t in enumerate(words)}, unk_token="[UNK]", max_input_chars_per_word=100))
tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
w = weights()
golden = "".join(t + "\t" + " ".join(f"{x:.3f}".replace("0.", ".", 1) for x in forward(w, tokenizer.encode(t).ids)) + "\n" for t in texts)
write("tiny.golden", golden)
for folder in ["tiny", "tiny-onnx", "tiny-int8"]:
    write(f"{folder}/config.json", json.dumps(config))
    write(f"{folder}/tokenizer.json", tokenizer.to_str())
write("tiny/model.safetensors", safetensors(w))
onnx.save(graph(w), "tiny-onnx/model.onnx")
quantization.quantize_dynamic("tiny-onnx/model.onnx", "tiny-int8/model.onnx", per_channel=True)

rules = {"ﬁ": "fi", "Ａ": "A", "½": "1/2", "\t": " ", "\u00ad": "", "e\u0301": "\u00e9", "①": "1"}
write("rules.tsv", "".join(" ".join(f"{ord(c):X}" for c in k) + "\t" + " ".join(f"{ord(c):X}" for c in v) + "\n" for k, v in rules.items()))
corpus = io.StringIO("\n".join(["how do i reset the password of my account", "the weather in paris is fine", "忘记密码怎么办", "北京的天气怎么样", "change the key of my account"] * 20))
model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(sentence_iterator=corpus, model_writer=model, vocab_size=60, hard_vocab_limit=False, normalization_rule_tsv="rules.tsv", minloglevel=2)
os.remove("rules.tsv")
processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
import sentencepiece.sentencepiece_model_pb2 as pb  # noqa: E402  the message of the model's file

proto = pb.ModelProto.FromString(model.getvalue())
pieces = [(p.piece, p.score) for p in proto.pieces]
unigram = Tokenizer(models.Unigram(pieces, processor.unk_id()))
unigram.normalizer = normalizers.Sequence([normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)])
unigram.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
unigram.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
write("unigram/tokenizer.json", unigram.to_str())
odd = ["how do i reset the password", "The ﬁne  weather\tin Ａ ½ e\u0301 ①", "北京的天气 weather", "zzz qqq 密码x", "", " ", "soft\u00adhyphen 👍🏽 कि"]
write("unigram.golden", "".join(json.dumps(t, ensure_ascii=False) + "\t" + " ".join(map(str, unigram.encode(t).ids)) + "\n" for t in odd + texts))
write("wordpiece.golden", "".join(json.dumps(t, ensure_ascii=False) + "\t" + " ".join(map(str, tokenizer.encode(t).ids)) + "\n" for t in odd + texts))
