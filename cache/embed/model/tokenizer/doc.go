// Package tokenizer splits text into the numbered pieces that a language model reads, as a
// tokenizer.json of Hugging Face's tokenizers describes.
//
// Two kinds are read: WordPiece as BERT's models use it, and Unigram as SentencePiece's models
// in the form of XLM-RoBERTa use it. [Read] refuses a file that asks for anything else: a text
// that is split in another way than the model was trained on gets a wrong vector in silence.
//
// Special tokens such as [SEP] are never recognised inside a text: a caller cannot write them.
package tokenizer
