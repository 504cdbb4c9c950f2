package main

type doctorCmd struct {
	JSON bool `help:"Print JSON."`
}

func (doctorCmd) Run(t *terminal) error { return nil }
