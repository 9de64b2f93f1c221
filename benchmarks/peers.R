# One task of an R package on a drawn survey: prints the seconds of the work alone, start and
# reading left out. Call: Rscript peers.R TASK FILE.csv
suppressPackageStartupMessages(library(lavaan))
given <- commandArgs(trailingOnly = TRUE)
task <- given[1]
data <- read.csv(given[2])
items <- setdiff(names(data), c("unit", "part"))
some <- c("f0", "f1", "f5")
lines <- function(factors, prefix = "") paste(sapply(factors, function(name)
  paste0(prefix, name, " =~ ", paste(grep(paste0("^", name, "_"), items, value = TRUE), collapse = " + "))),
  collapse = "\n")
every <- paste0("f", 0:9)
few <- unlist(lapply(some, function(name) grep(paste0("^", name, "_"), items, value = TRUE)))
both <- function(factors) paste0("level: 1\n", lines(factors), "\nlevel: 2\n", lines(factors, "b"))
all_of <- function(fit) { parameterEstimates(fit); standardizedSolution(fit); fitMeasures(fit) }
levels_of <- function(factors, wanted) {
  fits <- list()
  equal <- c("thresholds", "loadings", "intercepts")
  for (at in seq_len(wanted)) {
    model <- as.character(semTools::measEq.syntax(lines(factors), data, group = "part",
      ordered = if (length(factors) == 3) few else items, parameterization = "theta",
      ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016", group.equal = equal[seq_len(at - 1)]))
    fits[[at]] <- cfa(model, data, group = "part", ordered = if (length(factors) == 3) few else items,
      parameterization = "theta", estimator = "WLSMV")
    fitMeasures(fits[[at]])
  }
  if (wanted > 1) for (at in 2:wanted) lavTestLRT(fits[[at - 1]], fits[[at]])
}
scales <- lapply(every, function(name) data[grep(paste0("^", name, "_"), items, value = TRUE)])
work <- list(
  wlsmv = function() all_of(cfa(lines(every), data, ordered = items, estimator = "WLSMV")),
  pairwise = function() all_of(cfa(lines(every), data, ordered = items, estimator = "WLSMV", missing = "pairwise")),
  lavcor = function() lavCor(data[items], ordered = items),
  psych = function() psych::polychoric(data[items], correct = 0),
  ml = function() all_of(cfa(lines(every), data)),
  mlr = function() all_of(cfa(lines(every), data, estimator = "MLR", cluster = "unit")),
  fiml = function() cfa(lines(every), data, missing = "fiml"),
  two_level_few = function() all_of(cfa(both(some), data, cluster = "unit")),
  two_level = function() cfa(both(every), data, cluster = "unit"),
  invariance_few = function() levels_of(some, 4),
  invariance = function() levels_of(every, 1),
  icc = function() for (scale in scales) {
    fit <- aov(rowMeans(scale) ~ as.factor(data$unit)); multilevel::ICC1(fit); multilevel::ICC2(fit) },
  rwg = function() for (scale in scales) multilevel::rwg.j(scale, data$unit, ranvar = 2))
if (task == "versions") {
  for (name in c("lavaan", "semTools", "psych", "multilevel")) cat(name, as.character(packageVersion(name)), "\n")
} else {
  cat("seconds", system.time(suppressWarnings(work[[task]]()))[["elapsed"]], "\n")
}
