// Package condition chooses the target of a strategy with the mode conditional.
//
// A [Chooser] holds the conditions of one strategy in their order, as Portkey's configs write them:
// each is a [Query] about the call and the target that it leads to. The first one that holds wins,
// else the default target. Package document parses them; Configure asks once for each call, before
// any other stage has changed the request, so that the cache, the lists of allowed models and the
// record see only the target that was chosen.
//
// A query asks about an entry of the metadata, a field of the body's top level or the path of the
// call. Two things differ from Portkey's gateway, which evaluates only the first operator of an
// object with $regex and only the first group of a query with $and or $or: here all of them must hold.
package condition
