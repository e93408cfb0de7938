#include "cli/commands/running.h"

#include "cli/parts.h"
#include "views/serve/url.h"

namespace leat::cli {

Result<ControlClient> running_process(const Config& config) {
  LEAT_ASSIGN_OR_RETURN(auto client, ControlClient::connect(config.data_dir));
  if (client) return *client;
  return Error::transient("leat does not run over " + config.data_dir +
                          "; start it with: leat run --config " + config.path);
}

Result<std::unique_ptr<log::LocalLog>> open_resting_log(const Config& config) {
  LEAT_ASSIGN_OR_RETURN(bool there, Fs::posix().exists(log_dir(config)));
  if (there) return open_log(config);
  return Error::permanent("there is no log in " + config.data_dir +
                          " yet; the first leat run makes it");
}

std::string path_part(std::string_view bytes) {
  return views::serve::url_escape(bytes);
}

}  // namespace leat::cli
