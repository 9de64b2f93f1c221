# R's numbers for the reliability of a scale of four parts. Run in this folder: Rscript bifactor.R
# (reads cfa_layered.csv, writes bifactor.json)
suppressPackageStartupMessages({ library(lavaan); library(semTools); library(jsonlite) })
data <- read.csv("cfa_layered.csv")
parts <- list(a = 1:3, b = 4:6, c = 7:9, d = 10:12)
line <- function(name, at) paste(name, "=~", paste0("x", at, collapse = " + "))
model <- paste(c(line("general", 1:12), mapply(line, names(parts), parts)), collapse = "\n")
numbers <- function(...) {
  fit <- cfa(model, data, std.lv = TRUE, orthogonal = TRUE, ...)
  rel <- compRelSEM(fit, obs.var = FALSE, ord.scale = FALSE)
  std <- lavInspect(fit, "std")$lambda
  implied <- lavInspect(fit, "implied")$cov
  raw <- lavInspect(fit, "est")$lambda
  list(rel = as.list(rel), ecv = sum(std[, "general"]^2) / sum(std^2),
    total = sum(colSums(raw)^2) / sum(implied))
}
out <- list(ml = numbers(), wlsmv = numbers(ordered = paste0("x", 1:12), estimator = "WLSMV"),
  versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")),
    semTools = as.character(packageVersion("semTools"))))
write(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "bifactor.json")
