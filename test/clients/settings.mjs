// Where the server is, and how a script reports: one JSON document on standard output.
export const base = process.env.SLUICE_URL
export const key = process.env.SLUICE_API_KEY
export const print = (value) => console.log(JSON.stringify(value))
