package land

import "unicode/utf8"

// Masked stands for what is kept from a reader.
const Masked = "**"

// MaskName shows a person's name as its first character, so that lists can still be told apart: 张**.
func MaskName(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 || first == utf8.RuneError {
		return Masked
	}
	return name[:size] + Masked
}

// MaskParty shows the name of a party as MaskName where it is a person's.
func MaskParty(kind, name string) string {
	if kind == "person" {
		return MaskName(name)
	}
	return name
}

// MaskHolder shows the name of a holding as MaskName where it is called after a person.
func MaskHolder(class, name string) string {
	if class == "residential" || class == "individual" {
		return MaskName(name)
	}
	return name
}

// Plain reports whether a member holds neither somebody's words, in which names may stand, nor a sum.
func (f Field) Plain() bool { return f.Type != TextField && f.Type != YuanField }
