# R's modification indices where rows have gaps, groups, equal parameters or a structural part.
# Run in this folder: Rscript modification.R   (writes modification.json)
suppressPackageStartupMessages({library(lavaan); library(jsonlite)})
nested <- read.csv("cfa_nested.csv")
layered <- read.csv("cfa_layered.csv")
uneven <- read.csv("cfa_uneven.csv")
few <- read.csv("cfa_few.csv")
gaps <- read.csv("gaps.csv")
holed <- nested  # gaps by rule, so that they need no file of their own
row <- seq_len(nrow(nested))
for (item in 1:12) holed[(row^2 + 3 * row * item + 5 * item) %% 23 == 0, paste0("x", item)] <- NA
loads <- function(factor, numbers) paste0(factor, " =~ ", paste0("x", numbers, collapse = " + "))
lines <- function(...) paste(..., sep = "\n")
three <- lines(loads("a", 1:4), loads("b", 5:8), loads("c", 9:12))
layers <- lines(loads("a", 1:3), loads("b", 4:6), loads("c", 7:9), loads("d", 10:12))
path <- lines(layers, "c ~ a", "d ~ a + b")
second <- lines(layers, "g =~ a + b + c + d")
short <- lines(loads("a", 1:3), loads("b", 4:6))
equal <- "a =~ l*x1 + l*x2 + l*x3 + x4\nb =~ NA*x5 + m*x6 + m*x7 + x8\nb ~~ 1*b"
y <- function(factor, numbers) paste0(factor, " =~ ", paste0("y", numbers, collapse = " + "))
two_of_gaps <- lines(y("f", 1:5), y("g", 6:9))
exact <- list(rel.tol = 1e-14)
of <- function(model, data, ...) {
  fit <- suppressWarnings(sem(model, data, ...))
  stopifnot(lavInspect(fit, "converged"))
  table <- modindices(fit, sort. = TRUE)
  keep <- intersect(c("lhs", "op", "rhs", "group", "mi", "epc"), names(table))
  list(mi = table[, keep], groups = lavInspect(fit, "group.label"))
}
num <- function(...) of(..., control = exact, optim.force.converged = TRUE)
fiml <- function(...) num(..., missing = "fiml", em.h1.tol = 1e-12, em.h1.iter.max = 20000L)
ord <- function(...) of(..., ordered = TRUE, estimator = "WLSMV")
indices <- list(
  fiml_two = fiml(two_of_gaps, gaps),
  fiml_one = fiml(y("f", 1:9), gaps),
  fiml_mlr_cluster = fiml(two_of_gaps, gaps, estimator = "MLR", cluster = "unit"),
  fiml_group = fiml(three, holed, group = "part"),
  fiml_scalar = fiml(three, holed, group = "part", group.equal = c("loadings", "intercepts")),
  mlr_cluster = num(three, nested, estimator = "MLR", cluster = "team"),
  ml_metric = num(three, nested, group = "part", group.equal = "loadings"),
  ml_scalar = num(three, nested, group = "part", group.equal = c("loadings", "intercepts")),
  ml_equal = num(equal, uneven),
  ml_path = num(path, layered),
  ml_second = num(second, layered),
  wlsmv_path = ord(path, layered),
  wlsmv_equal = ord(equal, uneven),
  wlsmv_pairwise = ord(short, few, missing = "pairwise"),
  wlsmv_group = ord(three, nested, group = "part"))
versions <- list(lavaan = as.character(packageVersion("lavaan")),
                 R = paste(R.version$major, R.version$minor, sep = "."))
write_json(list(versions = versions, indices = indices), "modification.json",
           digits = I(8), auto_unbox = TRUE, na = "null")
