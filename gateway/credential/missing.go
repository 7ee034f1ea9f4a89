package credential

import "github.com/sluicegate/sluice/gateway"

// serverIdentity is the reference to the server's own identity, which is known without reading it.
const serverIdentity = SchemeIdentity + ":default"

// Missing asks a function about n with each of its credentials; see Config.Missing. What a reference
// leads to is not read.
func (n *NewVirtualKey) Missing(missing func(gateway.VirtualKey) (field, problem string)) (field, problem string) {
	for _, c := range n.credentials() {
		reference, value, _ := ReadAPIKey(c.Credential.Reveal())
		if reference == serverIdentity {
			value = gateway.ServerIdentity
		}
		key := gateway.VirtualKey{Name: n.Name, Provider: n.Provider, BaseURL: n.BaseURL, Formats: n.Formats, Settings: n.Settings, Credential: value}
		if field, problem = missing(key); problem != "" {
			return field, problem
		}
	}
	return "", ""
}

// checkMissing refuses a key that no call could be made with.
func (s *Service) checkMissing(op string, n NewVirtualKey) error {
	field, problem := n.Missing(s.cfg.Missing)
	if problem == "" {
		return nil
	}
	return gateway.InvalidField(op, field, "The field '"+field+"' "+problem+".")
}

// checkChangedAccount is checkMissing for a key after a change, unless the change leaves alone what a
// provider is called with: a key that was stored without a field keeps its other changes.
func (s *Service) checkChangedAccount(op string, k VirtualKey, to VirtualKeyChange) error {
	if to.BaseURL == nil && to.Formats == nil && to.Settings == nil && to.Credential.Empty() && to.Credentials == nil {
		return nil
	}
	if field, problem := s.missing(s.open(k)); problem != "" {
		return gateway.InvalidField(op, field, "The field '"+field+"' "+problem+".")
	}
	return nil
}

// missing is what an open key lacks.
func (s *Service) missing(e *entry) (field, problem string) {
	for i := range e.pool.members {
		key := e.key
		if key.Credential = e.pool.members[i].Value; e.stored.Credentials[i].Reference == serverIdentity {
			key.Credential = gateway.ServerIdentity
		}
		if field, problem = s.cfg.Missing(key); problem != "" {
			return field, problem
		}
	}
	return "", ""
}
