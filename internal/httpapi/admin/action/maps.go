package action

import "github.com/tidwall/gjson"

// TextMap reads an object of strings.
func (f *Form) TextMap(name string) map[string]string {
	v, ok := f.Take(name, false, map[string]string{})
	if !ok {
		return nil
	}
	out, good := map[string]string{}, v.IsObject()
	v.ForEach(func(k, e gjson.Result) bool {
		good = good && e.Type == gjson.String
		out[k.String()] = e.String()
		return good
	})
	if !good {
		f.Wrong(name, "must be an object of strings")
		return nil
	}
	return out
}

// TextLists reads an object of lists of strings.
func (f *Form) TextLists(name string) map[string][]string {
	v, ok := f.Take(name, false, map[string][]string{})
	if !ok {
		return nil
	}
	out, good := map[string][]string{}, v.IsObject()
	v.ForEach(func(k, list gjson.Result) bool {
		one := &Form{fields: map[string]gjson.Result{"": list}}
		out[k.String()] = one.Texts("")
		good = good && len(one.problems) == 0 && list.Type != gjson.Null
		return good
	})
	if !good {
		f.Wrong(name, "must be an object of lists of strings")
		return nil
	}
	return out
}
