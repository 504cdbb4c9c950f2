package land

import (
	"encoding/json"
	"fmt"
	"time"
)

// Period is where a version stands in the two clocks: on which days it holds, at which instants it was known.
type Period struct {
	From  Day
	To    *Day      // the first day on which it no longer holds; nil: until further notice
	Known time.Time // since when it has been known
	Until *time.Time
}

// CommandPost is a field command post (现场指挥部): it runs one or more parcels.
type CommandPost struct {
	Code    string
	Name    string
	NameEn  string
	Parcels []string
	Version int32
	Demo    bool
}

// Party is a right holder (权利人): a person, a company or a collective company.
type Party struct {
	Code     string
	Name     string
	Kind     string // person, company, collective_company
	Holdings []Share
	Version  int32
	Demo     bool
}

// Share is the part that a party has of a holding: Numerator of Denominator.
type Share struct {
	Party       string
	PartyName   string
	PartyKind   string
	Holding     string
	Numerator   int32
	Denominator int32
}

// String is the share as a fraction: 1/2.
func (s Share) String() string { return fmt.Sprintf("%d/%d", s.Numerator, s.Denominator) }

// Holding is what is signed for (权益单元, 户): the land and buildings of one household or company.
type Holding struct {
	Code        string
	Parcel      string
	CommandPost *string
	Name        string
	Class       string // residential, factory, collective, individual
	Parties     []Share
	Land        []HoldingLand
	Buildings   []string
	LandM2      json.Number
	FloorAreaM2 json.Number
	Stage       string
	Signed      bool
	Compulsory  bool
	Since       *Day
	Version     int32
	Demo        bool
}

// HoldingLand is the land of a holding on one plot, in m2.
type HoldingLand struct {
	Holding string
	Plot    string
	AreaM2  json.Number
}

// Building is one building (栋).
type Building struct {
	Code        string
	Holding     string
	Plot        string
	Parcel      string
	FloorAreaM2 json.Number
	Storeys     int32
	Use         string // residential, factory, commercial, public
	Tenants     []string
	Stage       string
	Since       *Day
	Version     int32
	Demo        bool
}

// Contract is an agreement (协议) that covers one or more holdings. Its status is derived from its facts.
type Contract struct {
	Code     string
	Kind     string // framework, relocation, amendment
	Parcel   string
	Holdings []string
	Amount   *json.Number // yuan
	Status   string
	Since    *Day
	Version  int32
	Demo     bool
}
