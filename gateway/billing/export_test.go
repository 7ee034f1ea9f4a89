package billing

// Multiply is multiply.
var Multiply = multiply
