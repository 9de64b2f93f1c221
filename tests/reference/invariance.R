# R's numbers for measurement invariance over groups, ordinal and continuous.
# Run in this folder: Rscript invariance.R   (reads cfa_nested.csv, writes invariance.json)
suppressPackageStartupMessages({library(lavaan); library(semTools); library(jsonlite)})
draw <- read.csv("cfa_nested.csv")
items <- paste0("x", 1:12)
model <- "a =~ x1 + x2 + x3 + x4\nb =~ x5 + x6 + x7 + x8\nc =~ x9 + x10 + x11 + x12"
table_of <- function(fits) {
  names(fits) <- NULL
  test <- do.call(lavTestLRT, fits)
  keep <- c("npar", "chisq", "df", "chisq.scaled", "cfi", "rmsea", "cfi.scaled", "tli.scaled",
            "rmsea.scaled", "rmsea.ci.lower.scaled", "rmsea.ci.upper.scaled", "srmr")
  list(fit = as.data.frame(t(sapply(fits, function(fit) {
         fm <- fitMeasures(fit); fm[intersect(keep, names(fm))] }))),
       chi2_diff = test$`Chisq diff`, df_diff = test$`Df diff`, p = test$`Pr(>Chisq)`)
}
steps <- c("thresholds", "loadings", "intercepts", "residuals")
ordinal <- function(data) lapply(0:4, function(n) {
  syntax <- measEq.syntax(model, data = data, ordered = items, parameterization = "theta",
                          ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016", group = "part",
                          group.equal = if (n > 0) steps[1:n] else "")
  cfa(as.character(syntax), data = data, ordered = items, parameterization = "theta",
      group = "part", estimator = "WLSMV")
})
three <- draw  # items of three and of five answers
three[items[1:2]] <- lapply(draw[items[1:2]], function(x) findInterval(x, c(4, 5)))
continuous <- list(NULL, "loadings", c("loadings", "intercepts"),
                   c("loadings", "intercepts", "residuals"))
numbers <- function(estimator) lapply(1:4, function(n) {
  control <- list(reltol = 1e-15, maxit = 20000)
  if (n == 1)
    return(cfa(model, draw, group = "part", estimator = estimator, optim.method = "BFGS",
               control = control))
  cfa(model, draw, group = "part", estimator = estimator, group.equal = continuous[[n]],
      optim.method = "BFGS", control = control)
})
write_json(list(versions = list(lavaan = as.character(packageVersion("lavaan")),
                                semTools = as.character(packageVersion("semTools"))),
                wlsmv = table_of(ordinal(draw)), wlsmv_three = table_of(ordinal(three)),
                ml = table_of(numbers("ML")), mlr = table_of(numbers("MLR"))),
           "invariance.json", digits = I(12), auto_unbox = TRUE, na = "null", pretty = 1)
