// Package static holds a table of token vectors: the meaning of a text is the sum of the rows of
// its tokens. The table is made from larger models by the program in ../distill.
//
// Tokens are English words and their pieces, as in BERT's WordPiece, and Chinese words and
// characters. A row has its weight in it: a word that says little is a short vector. Rows are
// stored in 8 bits.
//
// [Shipped] is the table of this release; its index is made when it is first used.
package static
