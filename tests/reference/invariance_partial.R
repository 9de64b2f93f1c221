# R's numbers for partial invariance, factor means, score tests, clusters and gaps over groups.
# Run in this folder: Rscript invariance_partial.R
# (reads shifts.csv, shifts_missing.csv; writes invariance_partial.json)
suppressPackageStartupMessages({library(lavaan); library(semTools); library(jsonlite)})
draw <- read.csv("shifts.csv")
gaps <- read.csv("shifts_missing.csv")
items <- paste0("x", 1:12)
model <- "a =~ x1 + x2 + x3 + x4\nb =~ x5 + x6 + x7 + x8\nc =~ x9 + x10 + x11 + x12"
keep <- c("npar", "chisq", "df", "chisq.scaled", "chisq.scaling.factor", "cfi", "rmsea",
          "cfi.scaled", "tli.scaled", "rmsea.scaled", "rmsea.ci.lower.scaled",
          "rmsea.ci.upper.scaled", "cfi.robust", "rmsea.robust", "srmr")
fit_of <- function(fit) { fm <- fitMeasures(fit); as.list(fm[intersect(keep, names(fm))]) }
lrt <- function(held, freer, ...) {
  test <- lavTestLRT(freer, held, ...)
  list(chi2 = test$`Chisq diff`[2], df = test$`Df diff`[2], p = test$`Pr(>Chisq)`[2])
}
ladder <- function(fits, against)
  list(fit = lapply(fits, fit_of),
       diff = lapply(seq_along(against)[-1], function(n) lrt(fits[[n]], fits[[against[n]]])))
means <- function(fit) {
  est <- parameterEstimates(fit)
  est[est$op == "~1" & est$lhs %in% c("a", "b", "c") & est$group > 1,
      c("lhs", "group", "est", "se", "z", "pvalue", "ci.lower", "ci.upper")]
}
drop3 <- c("a=~x3", "x3~1", "x3~~x3")
drop710 <- c("x7~1", "x7~~x7", "x10~1", "x10~~x10")

# ordinal: x3's loading, then the intercepts of x7 and x10 are free
ordinal <- function(equal, partial, data = draw, thresholds = character(), ...) {
  syntax <- as.character(measEq.syntax(
    model, data = data, ordered = items, parameterization = "theta", ID.fac = "std.lv",
    ID.cat = "Wu.Estabrook.2016", group = "place", group.equal = equal, group.partial = partial,
    ...))
  for (item in thresholds) {  # thresholds and loading of the item are its groups' own
    lines <- strsplit(syntax, "\n")[[1]]
    own <- grepl(paste0("^", item, " \\| ", "|=~.*\\*", item, "$"), lines)
    lines[own] <- sub(" \\+ c\\([^)]*\\)\\*.*$", "", lines[own])
    lines <- sub(paste0("^(", item, " ~ )c\\(.*\\)\\*1 .*$"), "\\1c(0, 0, 0)*1", lines)
    lines <- sub(paste0("^(", item, " ~~ )c\\(.*\\)\\*", item, " .*$"), "\\1c(1, 1, 1)*", lines)
    lines <- sub(paste0("^(", item, " ~~ c\\(1, 1, 1\\)\\*)$"), paste0("\\1", item), lines)
    syntax <- paste(lines, collapse = "\n")
  }
  cfa(syntax, data = data, ordered = items, parameterization = "theta", group = "place",
      estimator = "WLSMV", ...)
}
step <- list("", "thresholds", c("thresholds", "loadings"),
             c("thresholds", "loadings", "intercepts"),
             c("thresholds", "loadings", "intercepts", "residuals"))
wlsmv <- list(ordinal(step[[1]], ""), ordinal(step[[2]], ""), ordinal(step[[3]], ""),
              ordinal(step[[3]], drop3), ordinal(step[[4]], drop3),
              ordinal(step[[4]], c(drop3, drop710)), ordinal(step[[5]], c(drop3, drop710)))
own <- list(ordinal(step[[2]], "", thresholds = "x7"), ordinal(step[[4]], "", thresholds = "x7"))
pairwise <- lapply(1:4, function(n) ordinal(step[[n]], "", gaps, missing = "pairwise"))

# continuous
equal <- list(NULL, "loadings", "loadings", c("loadings", "intercepts"),
              c("loadings", "intercepts"), c("loadings", "intercepts", "residuals"))
part <- list(NULL, NULL, "a=~x3", drop3[1:2], c(drop3[1:2], drop710[c(1, 3)]), c(drop3, drop710))
control <- list(reltol = 1e-15, maxit = 20000)
numbers <- function(n, estimator, data = draw, ...) {
  arguments <- list(model, data, group = "place", estimator = estimator, std.lv = TRUE,
                    optim.method = "BFGS", control = control, ...)
  if (!is.null(equal[[n]])) arguments$group.equal <- equal[[n]]
  if (!is.null(part[[n]])) arguments$group.partial <- part[[n]]
  do.call("cfa", arguments)
}
ml <- lapply(1:6, numbers, "ML")
mlr <- lapply(1:6, numbers, "MLR")
cluster <- lapply(1:6, numbers, "MLR", cluster = "team")
fiml <- lapply(c(1, 2, 4), numbers, "MLR", gaps, missing = "fiml")
releases <- function(fit, op) {  # each item's equalities of one kind, released together
  table <- parTable(fit)
  item <- if (op == "=~") table$rhs else table$lhs
  label <- setNames(item, table$plabel)[table$op == op]
  left <- table$lhs[table$op == "=="]
  out <- lapply(items, function(name) {
    at <- which(left %in% names(label)[label == name])
    if (!length(at)) return(NULL)
    test <- lavTestScore(fit, release = at, univariate = FALSE)$test
    list(item = name, x2 = test$X2, df = test$df, p = test$p.value)
  })
  out[!sapply(out, is.null)]
}
# the scaled difference of 2010, on models that differ by equalities alone
first <- cfa(model, draw, group = "place", estimator = "MLR")
second <- cfa(model, draw, group = "place", estimator = "MLR", group.equal = "loadings")
write_json(list(
  versions = list(lavaan = as.character(packageVersion("lavaan")),
                  semTools = as.character(packageVersion("semTools"))),
  wlsmv = ladder(wlsmv, c(NA, 1, 2, 2, 4, 4, 6)), wlsmv_means = means(wlsmv[[6]]),
  thresholds = lapply(own, fit_of), pairwise = ladder(pairwise, c(NA, 1, 2, 3)),
  ml = ladder(ml, c(NA, 1, 1, 3, 3, 5)), ml_means = means(ml[[6]]),
  mlr = ladder(mlr, c(NA, 1, 1, 3, 3, 5)), mlr_means = means(mlr[[6]]),
  cluster = ladder(cluster, c(NA, 1, 1, 3, 3, 5)), cluster_means = means(cluster[[6]]),
  fiml = list(fit = lapply(fiml, fit_of), diff = list(lrt(fiml[[2]], fiml[[1]]))),
  score_metric = releases(ml[[2]], "=~"), score_scalar = releases(ml[[4]], "~1"),
  sb2010 = lrt(second, first, method = "satorra.bentler.2010")),
  "invariance_partial.json", digits = I(12), auto_unbox = TRUE, na = "null", pretty = 1)
