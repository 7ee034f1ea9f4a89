// Package experiment shows what the arms of prompt templates do: calls, cost, latency, errors and
// feedback of each, and whether they differ from the control by more than chance. Those who may edit
// prompts change weights, and end an experiment with one of its arms.
//
//	GET  /v1/experiments            all of a workspace
//	GET  /v1/experiments/{id}       one, with the results of its arms
//	PUT  /v1/experiments/{id}       other weights
//	POST /v1/experiments/{id}/end   everybody gets one arm
//
// An experiment has the id of its prompt template. Its results are sums over the exchanges of a period
// that carry the template and the name of an arm, and over the feedback on them.
package experiment
