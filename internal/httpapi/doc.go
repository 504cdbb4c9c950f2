// Package httpapi is the HTTP surface: one table of routes, thin handlers, one place where faults become answers.
package httpapi
