package catalog

//go:generate go run ./gen -day 2026-11-28 $LITELLM_WHEEL $GENAI_PRICES_WHEEL $MODEL_PRICES_WHEEL

// Day is the day of the prices that the table tells without one of their own.
const Day = "2026-11-28"
