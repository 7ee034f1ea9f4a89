package main

import (
	"cmp"
	"math"
	"slices"
)

const (
	dropped = 8   // principal components
	kept    = 192 // principal components after them
	power   = 1.5 // of the logarithm of a rank
)

// principal returns the first principal components of rows whose mean is zero.
func principal(rows [][]float64, count int) [][]float64 {
	n := len(rows[0])
	covariance := make([][]float64, n)
	for i := range covariance {
		covariance[i] = make([]float64, n)
	}
	for _, row := range rows {
		for i, x := range row {
			for j := range i + 1 {
				covariance[i][j] += x * row[j]
			}
		}
	}
	for i := range n {
		for j := range i {
			covariance[j][i] = covariance[i][j]
		}
	}
	return eigenvectors(covariance)[:count]
}

// eigenvectors returns those of a symmetric matrix, that of the largest eigenvalue first, by Jacobi's
// method: rotations in turn make all numbers beside the diagonal small. The matrix is used up.
func eigenvectors(a [][]float64) [][]float64 {
	n := len(a)
	vectors := make([][]float64, n) // rows
	for i := range vectors {
		vectors[i] = make([]float64, n)
		vectors[i][i] = 1
	}
	const sweeps = 12
	for range sweeps {
		for p := range n {
			for q := p + 1; q < n; q++ {
				if math.Abs(a[p][q]) > 1e-12*math.Sqrt(math.Abs(a[p][p]*a[q][q])) {
					rotate(a, vectors, p, q)
				}
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(a[j][j], a[i][i]) })
	sorted := make([][]float64, n)
	for i, from := range order {
		sorted[i] = vectors[from]
	}
	return sorted
}

// rotate turns the plane of p and q so that a[p][q] becomes zero.
func rotate(a, vectors [][]float64, p, q int) {
	theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := math.Copysign(1/(math.Abs(theta)+math.Sqrt(theta*theta+1)), theta)
	c := 1 / math.Sqrt(t*t+1)
	s := t * c
	turn(a[p], a[q], c, s)
	for _, row := range a {
		row[p], row[q] = c*row[p]-s*row[q], s*row[p]+c*row[q]
	}
	turn(vectors[p], vectors[q], c, s)
}

func turn(p, q []float64, c, s float64) {
	for i, x := range p {
		p[i], q[i] = c*x-s*q[i], s*x+c*q[i]
	}
}

// project returns the rows in the coordinates of the components, with a mean length of 1.
func project(rows, components [][]float64) [][]float64 {
	projected := make([][]float64, len(rows))
	total := 0.0
	for i, row := range rows {
		square := 0.0
		for _, c := range components {
			x := 0.0
			for j := range row {
				x += row[j] * c[j]
			}
			projected[i] = append(projected[i], x)
			square += x * x
		}
		total += math.Sqrt(square)
	}
	for _, row := range projected {
		for j := range row {
			row[j] *= float64(len(rows)) / total
		}
	}
	return projected
}

// weighted multiplies each row, from that of the most frequent token on, by its weight.
func weighted(rows [][]float64) [][]float32 {
	all := make([][]float32, len(rows))
	for rank, row := range rows {
		weight := math.Pow(math.Log(2+float64(rank)), power)
		for _, x := range row {
			all[rank] = append(all[rank], float32(x*weight))
		}
	}
	return all
}
