// Package credentials keeps the virtual keys with their providers' credentials, and reaches every value
// that the master key seals. It implements the stores of credential and seal.
//
// Its tables are virtual_keys, virtual_key_credentials and installation_keys. Sealed values of other rooms
// are named in one place, sealedColumns: a new column that holds what the master key seals is listed
// there, else a rotation of the master key does not reach it. No method here opens a sealed value.
package credentials
