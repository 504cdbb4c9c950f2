// Package ogc speaks OGC API Features: the catalogue of collections, the parameters of items, the documents of the standard.
package ogc
