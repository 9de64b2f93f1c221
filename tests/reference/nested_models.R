# R's difference tests of nested factor models. Run in this folder: Rscript nested_models.R
# (reads teams.csv, writes nested_models.json)
suppressPackageStartupMessages({ library(lavaan); library(jsonlite) })
data <- read.csv("teams.csv")
a <- paste0("a", 1:5); b <- paste0("b", 1:4); c <- paste0("c", 1:5)
line <- function(name, items) paste(name, "=~", paste(items, collapse = " + "))
models <- list(one = line("g", c(a, b, c)), two = paste(line("ab", c(a, b)), line("c", c), sep = "\n"),
  three = paste(line("a", a), line("b", b), line("c", c), sep = "\n"))
test <- function(...) {
  fits <- lapply(models, function(model) cfa(model, data, ...))
  pair <- function(freer, held) {
    found <- lavTestLRT(fits[[freer]], fits[[held]])
    list(chi2 = found[2, "Chisq diff"], df = found[2, "Df diff"], p = found[2, "Pr(>Chisq)"])
  }
  list(three_two = pair("three", "two"), two_one = pair("two", "one"))
}
out <- list(mlr = test(estimator = "MLR"), mlr_cluster = test(estimator = "MLR", cluster = "unit"),
  wlsmv = test(estimator = "WLSMV", ordered = c(a, b, c)))
out$versions <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")))
write(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "nested_models.json")
