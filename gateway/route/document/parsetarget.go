package document

import (
	"strings"
	"unicode"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
)

func (p *parser) provider(d *Document, at string, v gjson.Result) {
	id, ok := p.stringValue(at, v)
	if !ok {
		return
	}
	if strings.HasPrefix(id, "@") {
		vk, model, _ := strings.Cut(id[1:], "/")
		if vk == "" {
			p.problemf(at, v.Index, "names no virtual key after the '@'")
		}
		if d.VirtualKey != "" && d.VirtualKey != vk {
			p.problemf(at, v.Index, "and 'virtual_key' name two different virtual keys")
		}
		d.VirtualKey, d.Model = vk, model
		return
	}
	canonical, known := p.rules.Canonical(id)
	if !known {
		p.problemf(at, v.Index, "names no provider that Sluice knows: '%s'", gateway.Shorten(id))
		return
	}
	d.Provider = canonical
}

func (p *parser) virtualKey(d *Document, at string, v gjson.Result) {
	name, ok := p.stringValue(at, v)
	if !ok {
		return
	}
	name = strings.TrimPrefix(name, "@")
	if d.VirtualKey != "" && d.VirtualKey != name {
		p.problemf(at, v.Index, "and 'provider' name two different virtual keys")
	}
	d.VirtualKey = name
}

func (p *parser) apiKey(d *Document, at string, v gjson.Result) {
	d.offsets.apiKey = v.Index
	key, ok := p.stringValue(at, v)
	if !ok {
		return
	}
	if p.saved {
		p.problemf(at, v.Index, "must not stand in a saved config: store the credential as a virtual key and name it in 'virtual_key'")
		return
	}
	if strings.ContainsFunc(key, unicode.IsControl) {
		p.problemf(at, v.Index, "must be on one line, without control characters")
		return
	}
	d.APIKey = gateway.NewSecret(key)
}

// overrides parses override_params. A model "@virtual-key/model" also names the virtual key.
func (p *parser) overrides(d *Document, at string, v gjson.Result) {
	d.Overrides = p.parameters(at, v)
	model := gjson.GetBytes(d.Overrides, "model")
	if !model.Exists() {
		return
	}
	if model.Type != gjson.String || model.String() == "" {
		p.problemf(at+".model", v.Index, "must be a string that is not empty")
		return
	}
	vk, rest, ok := CutVirtualKey(model.String())
	if !ok {
		return
	}
	if vk == "" || rest == "" {
		p.problemf(at+".model", v.Index, "must be '@virtual-key/model'")
		return
	}
	raw, err := sjson.SetBytes(d.Overrides, "model", rest)
	if err != nil {
		p.problemf(at+".model", v.Index, "cannot be read")
		return
	}
	d.Overrides, d.offsets.overrideKey, d.offsets.overrides = raw, vk, v.Index
}

// checkTargetRef checks the fields of one object that name its target against each other.
func (p *parser) checkTargetRef(d *Document) {
	if vk := d.offsets.overrideKey; vk != "" {
		switch {
		case !d.NamesTarget():
			d.VirtualKey = vk
		case d.VirtualKey != vk:
			p.problemf(d.Path+".override_params.model", d.offsets.overrides, "names another target than 'provider' or 'virtual_key' beside it")
		}
	}
	if !d.APIKey.Empty() && d.VirtualKey != "" {
		p.problemf(d.Path+".api_key", d.offsets.apiKey, "and a virtual key are both given; keep one")
	}
}
