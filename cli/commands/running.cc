#include "cli/commands/running.h"

#include "views/serve/url.h"

namespace leat::cli {

Result<ControlClient> running_process(const Config& config) {
  LEAT_ASSIGN_OR_RETURN(auto client, ControlClient::connect(config.data_dir));
  if (client) return *client;
  return Error::transient("leat does not run over " + config.data_dir +
                          "; start it with: leat run --config " + config.path);
}

std::string path_part(std::string_view bytes) {
  return views::serve::url_escape(bytes);
}

}  // namespace leat::cli
