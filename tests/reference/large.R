# R's numbers for many rows. Run in this folder: Rscript large.R (reads large.csv, writes large.json)
suppressPackageStartupMessages({ library(lavaan); library(jsonlite) })
data <- read.csv("large.csv")
model <- "a =~ z1 + z2 + z3\nb =~ z4 + z5 + z6\nc =~ z7 + z8 + z9"
items <- paste0("z", 1:9)
numbers <- function(...) {
  fit <- cfa(model, data, control = list(rel.tol = 1e-12), optim.force.converged = TRUE, ...)
  table <- parameterEstimates(fit); std <- standardizedSolution(fit)
  kept <- table$op %in% c("=~", "~~", "|")
  fm <- suppressWarnings(fitMeasures(fit))
  wanted <- grep("^(chisq|df|cfi|tli|rmsea|srmr$|logl|aic|bic)", names(fm), value = TRUE)
  list(rows = as.list(cbind(table[kept, c("lhs", "op", "rhs", "est", "se")], std = std$est.std[kept],
    std_se = std$se[kept])), fit = as.list(signif(fm[wanted], 10)))
}
out <- list(wlsmv = numbers(ordered = items, estimator = "WLSMV"), ml = numbers(),
  mlr_cluster = numbers(estimator = "MLR", cluster = "unit"),
  versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan"))))
write(toJSON(out, auto_unbox = TRUE, digits = 10, na = "null"), "large.json")
