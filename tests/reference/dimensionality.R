# R's numbers for exploratory factor analysis and parallel analysis.
# Run in this folder: Rscript dimensionality.R   (reads teams.csv, ordinal_scales.csv)
suppressPackageStartupMessages({
  library(psych); library(GPArotation); library(lavaan); library(jsonlite)
})
numbers <- read.csv("teams.csv")[c(paste0("a", 1:5), paste0("b", 1:4), paste0("c", 1:5))]
ordinal <- read.csv("ordinal_scales.csv")[c(paste0("u", 1:4), paste0("w", 1:3))]
matrices <- list(
  pearson = list(r = cor(numbers), n = nrow(numbers)),
  polychoric = list(r = unclass(lavCor(ordinal, ordered = names(ordinal))), n = nrow(ordinal)))
turned <- function(loadings) {
  loadings <- unclass(loadings)
  if (ncol(loadings) == 1) return(list(loadings = loadings, phi = matrix(1)))
  got <- GPFoblq(loadings, method = "oblimin", normalize = FALSE, eps = 1e-7, maxit = 20000)
  list(loadings = got$loadings, phi = got$Phi)
}
efa_of <- function(one, m) {
  set.seed(1)
  minres <- fa(one$r, m, n.obs = one$n, fm = "minres", rotate = "none")
  psych_ml <- fa(one$r, m, n.obs = one$n, fm = "ml", rotate = "none")
  ml <- factanal(covmat = one$r, factors = m, n.obs = one$n, rotation = "none",
                 control = list(nstart = 20,  # its first start may end in a worse optimum
                                opt = list(factr = 1e2, pgtol = 0, maxit = 10000)))
  list(minres = list(loadings = unclass(minres$loadings), uniqueness = minres$uniquenesses,
                     rmsr = minres$rms, rotated = turned(minres$loadings)),
       ml = list(loadings = unclass(ml$loadings), uniqueness = ml$uniquenesses,
                 rmsea = as.list(psych_ml$RMSEA), null_chi2 = psych_ml$null.chisq,
                 chi2 = as.numeric(ml$STATISTIC), df = ml$dof, p = as.numeric(ml$PVAL),
                 rotated = turned(ml$loadings)))
}
set.seed(1)
pdf(NULL)
parallel <- fa.parallel(numbers, fa = "pc", sim = FALSE, n.iter = 400, plot = FALSE)
versions <- lapply(c(psych = "psych", GPArotation = "GPArotation", lavaan = "lavaan"),
                   function(p) as.character(packageVersion(p)))
versions$R <- paste(R.version$major, R.version$minor, sep = ".")
write_json(list(versions = versions,
                pearson = lapply(1:3, function(m) efa_of(matrices$pearson, m)),
                polychoric = lapply(1:2, function(m) efa_of(matrices$polychoric, m)),
                parallel = list(eigenvalue = parallel$pc.values, random_mean = parallel$pc.simr,
                                n_factors = parallel$ncomp)),
           "dimensionality.json", digits = I(16), auto_unbox = TRUE, na = "null", pretty = 1)
