package lexicon

// acronyms are words with another meaning in capitals.
var acronyms = wordSet(`us it who aids or in pet ram rest soap cat bat sat act add all aim ace art ash bar can case cast clean dare dip dot ear era
	fast fat fit gain gap gas get go hand hid hot ice ill ira jar lamp lap lead led lid live lot mad man map mars mask mat met mice mom more nap net
	nice nor nut oil one opt ore pad pan past pat path pen pin pit pod post put raid rap rat rip rod sad safe salt sap scar sea set sim sip sit spa
	spam star stem step swat tan tap tar tea ten tip top tub vat war was wasp web what win yes delete patch head options trace`)

// caseUnits are units, in lower case, whose letters mean something else in the other case: byte
// and bit, mega and milli, giga and gram, kelvin and thousand.
var caseUnits = wordSet(`b kb mb gb tb pb kib mib gib tib kbps mbps gbps w mw kw gw mhz ma mv pa mpa kpa g k m s t c f n j mj v l h`)

// AcronymWhenUpper reports whether a word has another meaning in capitals: US, WHO, PET.
func AcronymWhenUpper(word string) bool { return acronyms[word] }

// UnitByCase reports whether a unit, given in lower case, means something else in the other
// case.
func UnitByCase(unit string) bool { return caseUnits[unit] }
