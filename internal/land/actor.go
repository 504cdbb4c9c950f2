package land

// Actor is who acts: it stands in every version that a write leaves behind.
type Actor struct{ Account string }

// Operator is the person at the machine itself, until accounts exist.
var Operator = Actor{Account: "operator"}

// Seeder is the service when it lays out the data that it ships with.
var Seeder = Actor{Account: "zhengbei"}
