// Package objects keeps what a caller can ask for later by its id: kept responses, and objects that vendors
// hold for a workspace, like files and batches. It implements the stores of history and vendorobject.
//
// Its tables are responses, response_items and vendor_objects. They grow with the traffic and are not
// control data: no replica is told of a row. An object is its workspace's; that of another one is not found.
package objects
