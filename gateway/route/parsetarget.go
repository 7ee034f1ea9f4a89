package route

import (
	"strings"
	"unicode"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
)

func (p *parser) provider(d *document, at string, v gjson.Result) {
	id, ok := p.stringValue(at, v)
	if !ok {
		return
	}
	if strings.HasPrefix(id, "@") {
		vk, model, _ := strings.Cut(id[1:], "/")
		if vk == "" {
			p.problemf(at, v.Index, "names no virtual key after the '@'")
		}
		if d.virtualKey != "" && d.virtualKey != vk {
			p.problemf(at, v.Index, "and 'virtual_key' name two different virtual keys")
		}
		d.virtualKey, d.model = vk, model
		return
	}
	canonical, known := p.cfg.vendor(id)
	if !known {
		p.problemf(at, v.Index, "names no provider that Sluice knows: '%s'", gateway.Shorten(id))
		return
	}
	d.provider = canonical
}

func (p *parser) virtualKey(d *document, at string, v gjson.Result) {
	name, ok := p.stringValue(at, v)
	if !ok {
		return
	}
	name = strings.TrimPrefix(name, "@")
	if d.virtualKey != "" && d.virtualKey != name {
		p.problemf(at, v.Index, "and 'provider' name two different virtual keys")
	}
	d.virtualKey = name
}

func (p *parser) apiKey(d *document, at string, v gjson.Result) {
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
	d.apiKey = gateway.NewSecret(key)
}

// overrides parses override_params. A model "@virtual-key/model" also names the virtual key.
func (p *parser) overrides(d *document, at string, v gjson.Result) {
	d.overrides = p.parameters(at, v)
	model := gjson.GetBytes(d.overrides, "model")
	if !model.Exists() {
		return
	}
	if model.Type != gjson.String || model.String() == "" {
		p.problemf(at+".model", v.Index, "must be a string that is not empty")
		return
	}
	vk, rest, ok := cutVirtualKey(model.String())
	if !ok {
		return
	}
	if vk == "" || rest == "" {
		p.problemf(at+".model", v.Index, "must be '@virtual-key/model'")
		return
	}
	raw, err := sjson.SetBytes(d.overrides, "model", rest)
	if err != nil {
		p.problemf(at+".model", v.Index, "cannot be read")
		return
	}
	d.overrides, d.offsets.overrideKey, d.offsets.overrides = raw, vk, v.Index
}

// checkTargetRef checks the fields of one object that name its target against each other.
func (p *parser) checkTargetRef(d *document) {
	if vk := d.offsets.overrideKey; vk != "" {
		switch {
		case !d.namesTarget():
			d.virtualKey = vk
		case d.virtualKey != vk:
			p.problemf(d.path+".override_params.model", d.offsets.overrides, "names another target than 'provider' or 'virtual_key' beside it")
		}
	}
	if !d.apiKey.Empty() && d.virtualKey != "" {
		p.problemf(d.path+".api_key", d.offsets.apiKey, "and a virtual key are both given; keep one")
	}
}
