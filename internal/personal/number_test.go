package personal_test

import (
	"strings"
	"testing"

	"zhengbei/internal/personal"
)

func TestPhone(t *testing.T) {
	t.Parallel()
	tests := []struct{ typed, kept, shown string }{ // kept empty: refused
		{"13800138000", "13800138000", "138****8000"},
		{" 138 0013 8000", "13800138000", "138****8000"},
		{"138-0013-8000", "13800138000", "138****8000"},
		{"+86 138 0013 8000", "13800138000", "138****8000"},
		{"0086-13800138000", "13800138000", "138****8000"},
		{"１３８００１３８０００", "13800138000", "138****8000"},
		{"0755-12345678", "", ""}, // no local number begins with 1
		{"0755-27781234", "0755-27781234", "0755-****1234"},
		{"075527781234", "0755-27781234", "0755-****1234"},
		{"（0755）27781234", "0755-27781234", "0755-****1234"},
		{"+86-755-27781234", "0755-27781234", "0755-****1234"},
		{"0755-27781234-806", "0755-27781234-806", "0755-****1234"},
		{"010-6277123", "010-6277123", "010-***7123"},
		{"020 8888 1234", "020-88881234", "020-****1234"},
		{"+852 9123 4567", "+85291234567", "+852****4567"},
		{"00853-66123456", "+85366123456", "+853****3456"},
		{"12800138000", "", ""},
		{"1380013800", "", ""},
		{"138001380000", "", ""},
		{"138****8000", "", ""},
		{"27781234", "", ""},
		{"+1 212 555 0100", "", ""},
		{"", "", ""},
		{"13800138000\n", "", ""},
		{"1380013800٠", "", ""}, // another script's digit
		{strings.Repeat("1", 100_000), "", ""},
	}
	for _, tt := range tests {
		kept, ok := personal.ParsePhone(tt.typed)
		if ok != (tt.kept != "") || kept != tt.kept {
			t.Errorf("%.40q is kept as %q, %v; not as %q", tt.typed, kept, ok, tt.kept)
		}
		if ok && personal.MaskPhone(kept) != tt.shown {
			t.Errorf("%q is shown as %q, not as %q", kept, personal.MaskPhone(kept), tt.shown)
		}
	}
}

func TestIDNumber(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, kind, typed, kept, shown string }{ // kept empty: refused
		{"the standard's own example", "person", "11010519491231002X", "11010519491231002X", "1101**********002X"},
		{"small x", "person", "11010519491231002x", "11010519491231002X", "1101**********002X"},
		{"spaces", "person", "110105 19491231 002X", "11010519491231002X", "1101**********002X"},
		{"the standard's second example", "person", "440524188001010014", "440524188001010014", "4405**********0014"},
		{"another check character", "person", "110105194912310021", "", ""},
		{"two digits swapped", "person", "11010519491213002X", "", ""},
		{"a birthday that there is not", "person", "110105194902310026", "", ""},
		{"the old form of 15", "person", "110105491231002", "", ""},
		{"a permit", "person", "H12345678", "H12345678", "H******78"},
		{"a credit code of a person", "person", "91350100M000100Y43", "", ""},
		{"the standard's example of a company", "company", "91350100M000100Y43", "91350100M000100Y43", "9135**********0Y43"},
		{"of a collective company", "collective_company", "91350100m000100y43", "91350100M000100Y43", "9135**********0Y43"},
		{"another check", "company", "91350100M000100Y44", "", ""},
		{"a letter that there is not", "company", "91350100O000100Y43", "", ""},
		{"an identity number of a company", "company", "11010519491231002X", "", ""},
		{"masked", "person", "1101**********002X", "", ""},
		{"nothing", "company", "", "", ""},
	}
	for _, tt := range tests {
		kept, ok := personal.ParseIDNumber(tt.kind, tt.typed)
		if ok != (tt.kept != "") || ok && kept != tt.kept {
			t.Errorf("%s: %q is kept as %q, %v", tt.name, tt.typed, kept, ok)
		}
		if ok && personal.MaskIDNumber(kept) != tt.shown {
			t.Errorf("%s: shown as %q, not as %q", tt.name, personal.MaskIDNumber(kept), tt.shown)
		}
	}
}

func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{"13800138000", "+86-755-27781234", "0755-27781234-806", "+852 9123 4567", "11010519491231002X", "91350100M000100Y43", "H12345678", "１３８", "\xff0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if kept, ok := personal.ParsePhone(typed); ok {
			if again, ok := personal.ParsePhone(kept); !ok || again != kept {
				t.Errorf("%q is kept as %q, which is read as %q", typed, kept, again)
			}
			if masked := personal.MaskPhone(kept); !strings.Contains(masked, "***") || strings.Contains(masked, kept) {
				t.Errorf("%q is shown as %q", kept, masked)
			}
		}
		for _, kind := range []string{"person", "company"} {
			kept, ok := personal.ParseIDNumber(kind, typed)
			if !ok {
				continue
			}
			if again, ok := personal.ParseIDNumber(kind, kept); !ok || again != kept {
				t.Errorf("%q is kept as %q, which is read as %q", typed, kept, again)
			}
			if masked := personal.MaskIDNumber(kept); len(masked) != len(kept) || strings.Count(masked, "*") < 6 {
				t.Errorf("%q is shown as %q", kept, masked)
			}
		}
	})
}
