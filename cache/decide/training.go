package decide

import "github.com/sluicegate/sluice/cache/match"

// FeatureNames are the names of all features, in the order of [Features].
func FeatureNames() []string { return featureNames[:] }

// Features describes neighbour i of those near a question, for the program that trains the
// models and for reports.
func Features(scale Scale, asked string, near []Neighbour, i int) []float64 {
	d := match.Compare(match.ReadWording(asked), match.ReadWording(near[i].Text))
	v := featuresOf(near, i, scale, &d)
	return v[:]
}
