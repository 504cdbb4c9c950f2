// Package cadastre changes what is on the map: each edit is a pure plan and its application.
package cadastre
