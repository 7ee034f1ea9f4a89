package prompts

import (
	"strconv"

	"github.com/tidwall/gjson"
)

// variant is an arm as its author wrote it.
type variant struct {
	name    string
	weight  float64
	version int  // 0: the text below is used
	inline  bool // the arm has its own text
	armText
}

func parseVariants(v gjson.Result, path string, ps *problems) []variant {
	if !v.IsArray() || len(v.Array()) == 0 {
		ps.add(path, "must be a list with at least one arm")
		return nil
	}
	var out []variant
	seen, sum := map[string]bool{}, 0.0
	for i, item := range v.Array() {
		at := path + "[" + strconv.Itoa(i) + "]"
		if !item.IsObject() {
			ps.add(at, "must be an object with a name")
			continue
		}
		a := variant{weight: 1}
		a.armText = parseArmText(item, at, ps)
		eachField(item, at, ps, func(key, at string, v gjson.Result) {
			switch key {
			case "name":
				if a.name = v.String(); v.Type != gjson.String || a.name == "" {
					ps.add(at, "must be a name")
					a.name = "?"
				} else if seen[a.name] {
					ps.add(at, "'"+a.name+"' is the name of another arm")
				}
				seen[a.name] = a.name != "?"
			case "weight":
				if a.weight = v.Num; v.Type != gjson.Number || v.Num < 0 {
					ps.add(at, "must be a number, 0 or more")
				}
			case "version":
				if a.version = int(v.Num); v.Type != gjson.Number || !isInteger(v) || v.Num < 1 {
					ps.add(at, "must be the number of a version")
				}
			default:
				if a.inline = a.inline || armFields[key]; !armFields[key] {
					ps.add(at, "unknown field")
				}
			}
		})
		if a.name == "" {
			ps.add(at+".name", "is missing")
		}
		if a.version > 0 && a.inline {
			ps.add(at+".version", "stands beside a text; give one of them")
		}
		sum += a.weight
		out = append(out, a)
	}
	if sum <= 0 {
		ps.add(path, "no arm has a weight above 0")
	}
	return out
}
